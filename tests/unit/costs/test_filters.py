"""The language of conditions: what it says, and that a condition and its `not` part every bill in two."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.costs.domain.dimensions import Dimension, Extra, FocusColumn, Tag
from assay.costs.domain.filters import (
    All,
    AnyOf,
    Comparison,
    Condition,
    IsNull,
    Not,
    OneOf,
    Operator,
    parse_filter,
    write_filter,
)
from assay.costs.domain.questions import CostQuestion
from assay.costs.selectors.explorer import answer
from tests.breadth import examples
from tests.factories import focus
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
S3 = Comparison(Dimension.SERVICE, Operator.EQUAL, "S3")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("service = 'S3'", S3),
        ("  SERVICE_name='it''s'  ", Comparison(FocusColumn("service_name"), Operator.EQUAL, "it's")),
        ("service != 'S3'", Not(S3)),
        ("not service <> 'S3'", Not(Not(S3))),
        ("tags.team in ('a', 'b')", OneOf(Tag("team"), ("a", "b"))),
        ("tags.\"user:cost centre\" not in ('a')", Not(OneOf(Tag("user:cost centre"), ("a",)))),
        ("x.discount is not null", Not(IsNull(Extra("discount")))),
        ("BilledCost > -1.5e1", Comparison(FocusColumn("billed_cost"), Operator.MORE, Decimal(-15))),
        (
            "charge_period_start >= '2026-01-31'",
            Comparison(FocusColumn("charge_period_start"), Operator.AT_LEAST, datetime(2026, 1, 31, tzinfo=UTC)),
        ),
        ("sub_account_id = '007'", Comparison(FocusColumn("sub_account_id"), Operator.EQUAL, "007")),
        ("account = 123456789012", Comparison(Dimension.ACCOUNT, Operator.EQUAL, "123456789012")),
        (
            "region is null and (service like 'Amazon%' or service = 'S3')",
            All((IsNull(Dimension.REGION), AnyOf((Comparison(Dimension.SERVICE, Operator.LIKE, "Amazon%"), S3)))),
        ),
    ],
)
def test_a_condition_is_read_as_it_is_written(text: str, condition: Condition) -> None:
    assert parse_filter(text) == condition
    assert parse_filter(write_filter(condition)) == condition


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("service = S3", 11, "value is missing"),
        ("service = 'S3", 11, "no closing quote"),
        ("services = 'S3'", 1, "no dimension"),
        ("service 'S3'", 9, "comparison is missing"),
        ("service = 'S3' region = 'x'", 16, "and"),
        ("(service = 'S3'", 16, r"`\)` is missing"),
        ("service in ('S3'", 17, r"`\)` is missing"),
        ("billed_cost > 'much'", 15, "number"),
        ("billed_cost like '1%'", 18, "holds no text"),
        ("charge_period_end < 'May'", 21, "day or time"),
        ("billed_cost = 1e40", 15, "number"),
        ("service = 'S3';", 15, "';'"),
        ("read_parquet = 'x'", 1, "no dimension"),
        ("not " * 60 + "service = 'S3'", 201, "lie in each other"),
    ],
)
def test_a_fault_names_its_position_and_the_cure(text: str, position: int, reason: str) -> None:
    with pytest.raises(Invalid, match=f"position {position}: .*{reason}"):
        parse_filter(text)


def test_no_text_is_no_condition() -> None:
    assert parse_filter("  ") is None
    with pytest.raises(Invalid, match="at most"):
        parse_filter("x" * 10_001)


texts = st.sampled_from(["S3", "EC2", "it's", "", "eu", "%", "vision", "1"])
groups = st.sampled_from(
    [Dimension.SERVICE, Dimension.REGION, Dimension.ACCOUNT, Dimension.DAY, Tag("team"), Tag("a/b~c"), Extra("note")]
)
numbers = st.decimals(-5, 5, places=2)
comparisons = st.one_of(
    st.builds(Comparison, groups, st.sampled_from(Operator), texts),
    st.builds(Comparison, st.just(FocusColumn("list_cost")), st.sampled_from(list(Operator)[:5]), numbers),
    st.builds(OneOf, groups, st.lists(st.one_of(texts, st.none()), min_size=1, max_size=3).map(tuple)),
    st.builds(IsNull, st.one_of(groups, st.just(FocusColumn("list_cost")))),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@given(conditions)
def test_what_is_written_is_read_with_the_same_meaning(condition: Condition) -> None:
    read = parse_filter(write_filter(condition))
    assert read is not None
    assert parse_filter(write_filter(read)) == read


@pytest.fixture
def organization() -> Organization:
    """Charges with and without what can be asked for."""
    organization = found_organization()
    charges = [
        focus.make_charge("1.000000000000001", ServiceName="S3", RegionId=None, ListCost=None),
        focus.make_charge("2", ServiceName="EC2", Tags='{"team":"vision","a/b~c":"1"}'),
        focus.make_charge("4", ServiceName=None, SubAccountId=None, Tags=None, RegionId="eu"),
        focus.make_charge("-8", ServiceName="it's", ChargeCategory="Credit", Tags='{"team":true}'),
    ]
    content = focus.write_csv([charge | {"x_note": note} for charge, note in zip(charges, ("1", None, "%", ""), strict=True)],
                              columns=[*focus.VERSION_1_2, "x_note"])  # fmt: skip
    deliver(organization.id, content)
    return organization


@pytest.mark.django_db
def test_a_filter_and_its_not_sum_to_the_whole(organization: Organization) -> None:
    whole = Decimal("-0.999999999999999")

    @given(conditions)
    @settings(max_examples=examples(20, many=200), deadline=None, database=None)
    def check(condition: Condition) -> None:
        parts = [answer(organization.id, CostQuestion(YEAR, filter=one)).total for one in (condition, Not(condition))]
        assert sum(parts, Decimal(0)) == whole

    with tenancy.scope(organization.id):
        check()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("tags.team = 'vision'", "3.000000000000001"),
        ("tags.team = 'true'", "-8"),
        ('tags."a/b~c" = 1', "2"),
        ("tags.team is null", "4"),
        ("x.note in ('1', '%')", "5.000000000000001"),
        ("service != 'S3'", "-2"),
        ("list_cost > 1", "6"),
        ("not list_cost > 1", "-6.999999999999999"),
        ("day = '2026-01-05' and service like 'E%'", "2"),
        ("service = '''; DROP VIEW charges; --'", "0"),
    ],
)
def test_conditions_choose_the_charges_they_name(organization: Organization, text: str, total: str) -> None:
    with tenancy.scope(organization.id):
        assert answer(organization.id, CostQuestion(YEAR, filter=parse_filter(text))).total == Decimal(total)
