"""Sums beside the ledger: they say what the charges say, or nobody asks them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr.types import Table

from assay.accounts.models import Organization
from assay.core.clock import frozen, now
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.questions import Question
from assay.costs.selectors.engines import open_session
from assay.costs.selectors.lake import find_snapshot
from assay.costs.selectors.rollups import Grain, Needs, Rollup, charges_table, choose_rollup, rollup_address, rollups_address
from assay.costs.services import rollups
from tests.breadth import examples
from tests.factories import focus
from tests.factories.bills import charge
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = Interval(JANUARY, datetime(2027, 1, 1, tzinfo=UTC))
WEEK = Interval(JANUARY + timedelta(days=2), JANUARY + timedelta(days=9))


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


def choose(
    organization: Organization, *intervals: Interval, columns: Sequence[str] = (), tags: Sequence[str] = ()
) -> Rollup | None:
    snapshot = find_snapshot(organization.id)
    assert snapshot is not None
    return choose_rollup(organization.id, snapshot, Needs(intervals or (YEAR,), frozenset(columns), frozenset(tags)))


def ask(
    organization: Organization, rollup: Rollup | None, keys: Sequence[str], interval: Interval, *, quantities: bool = False
) -> list[dict[str, Any]]:
    """One row per combination of keys: every cost, without purchases that cover other charges, and how many charges there are."""
    snapshot = find_snapshot(organization.id)
    assert snapshot is not None
    charges = charges_table(rollup)
    start, end = (ibis.literal(border, type="timestamp('UTC')") for border in (interval.start, interval.end))
    chosen = charges.filter(charges.charge_period_start >= start, charges.charge_period_start < end)
    sums = {basis.value: chosen[basis.column].sum() for basis in Basis}
    sums |= {f"{basis}_kept": chosen[basis.column].sum(where=~chosen.covers_others) for basis in Basis}
    groups = {key: chosen[key] for key in keys}
    if quantities:
        quantity = chosen.pricing_quantity.coalesce(chosen.consumed_quantity)
        sums["quantity"] = quantity.sum()
        groups["measured"] = quantity.notnull()
        groups["unit"] = ibis.ifelse(chosen.pricing_quantity.notnull(), chosen.pricing_unit, chosen.consumed_unit)
    question = chosen.group_by(**groups).aggregate(**sums, charges=chosen.charge_count.sum())
    with open_session({"charges": rollup.files if rollup else snapshot.files}) as session:
        rows: list[dict[str, Any]] = session.ask(Question.SUMS, question).to_pylist()
    return sorted(rows, key=lambda row: repr([row[name] for name in groups]))


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=15, allow_nan=False).map(lambda amount: f"{amount:f}")
rows = st.fixed_dictionaries(
    {
        "cost": amounts,
        "hour": st.integers(0, 40 * 24),
        "ServiceName": st.sampled_from(["EC2", 'it\'s "odd"', None]),
        "SubAccountId": st.sampled_from(["001", "1", None]),
        "resource": st.sampled_from(["i-1", "i-2", None]),
        "ChargeCategory": st.sampled_from(["Usage", "Credit", "Purchase"]),
        "EffectiveCost": st.sampled_from(["0", "1.5", "-1.5"]),
        "ListCost": st.sampled_from([None, "2"]),
        "PricingQuantity": st.sampled_from(["3", None]),
        "ConsumedQuantity": st.sampled_from(["2.5", None]),
        "CommitmentDiscountId": st.sampled_from([None, "sp-1"]),
        "Tags": st.sampled_from([None, '{"team":"vision","":"x"}', '{"team":"nlp","a/b~c":true}', '{"team":null}', "{}"]),
    }
)
KEYS = (
    ("billing_currency",),
    ("service_name", "charge_date"),
    ("sub_account_id", "charge_category"),
    ("billing_period", "source_id"),
)
RESOURCE_KEYS = (("resource_id",), ("resource_id", "charge_date"), ("resource_id", "commitment_discount_id", "charge_category"))


@given(bill=st.lists(rows, min_size=1, max_size=25))
@settings(max_examples=examples(3, many=40), deadline=None)
def test_a_rollup_answers_what_the_charges_answer(bill: Sequence[dict[str, Any]]) -> None:
    organization = found_organization()
    charges = [
        charge(
            row["resource"],
            JANUARY + timedelta(hours=row["hour"]),
            row["cost"],
            **{name: value for name, value in row.items() if name[0].isupper()},
        )
        for row in bill
    ]
    deliver(organization.id, focus.write_csv(charges))
    for interval in (YEAR, WEEK):
        for keys in (*KEYS, *RESOURCE_KEYS):
            rollup = choose(organization, interval, columns=keys)
            assert rollup is not None or interval is WEEK
            assert ask(organization, rollup, keys, interval) == ask(organization, None, keys, interval)


def test_the_coarsest_rollup_that_has_every_key_is_taken(organization: Organization) -> None:
    deliver(organization.id, focus.write_csv([focus.make_charge()]))

    def grain(*intervals: Interval, columns: Sequence[str] = (), tags: Sequence[str] = ()) -> Grain | None:
        chosen = choose(organization, *intervals, columns=columns, tags=tags)
        return chosen.grain if chosen else None

    assert grain(columns=["service_name", "charge_date"]) is Grain.DAYS
    assert grain(columns=["service_name"], tags=["team"]) is Grain.DAYS
    assert grain(columns=["resource_id"]) is Grain.RESOURCE_MONTHS
    assert grain(columns=["resource_id", "charge_date"]) is Grain.RESOURCE_DAYS
    assert grain(WEEK, columns=["resource_id"]) is Grain.RESOURCE_DAYS
    assert grain(YEAR, WEEK, columns=["resource_id"]) is Grain.RESOURCE_DAYS
    assert grain(columns=["availability_zone"]) is None
    assert grain(columns=["effective_cost"]) is None, "of each charge, which a sum does not tell"
    assert grain(columns=["resource_id"], tags=["team"]) is None
    assert grain(Interval(JANUARY, JANUARY + timedelta(hours=30))) is None


def test_only_rollups_of_the_months_asked_for_are_read(organization: Organization) -> None:
    deliver(organization.id, focus.write_csv([charge("i-1", JANUARY + timedelta(days=days), "1") for days in (3, 40, 70)]))
    chosen = choose(organization, WEEK)
    assert chosen is not None
    assert [file.billing_period for file in chosen.files] == ["2026-01"]


def test_tags_with_many_values_are_left_out_and_asked_of_the_charges(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MOST_TAG_VALUES", 2)
    monkeypatch.setattr(rollups, "MOST_TAGS", 2)
    tags = [
        '{"team":"a","name":"1","env":"x","zoo":"y","app":"z"}',
        '{"team":"b","name":"2","env":"x"}',
        '{"team":"b","name":"3"}',
    ]
    deliver(organization.id, focus.write_csv([focus.make_charge("1", Tags=each) for each in tags]))
    assert choose(organization, tags=["name"]) is None
    assert choose(organization, tags=["app", "env", "nowhere"]) is not None
    assert choose(organization, tags=["team"]) is None
    rollup = choose(organization, tags=["env"])
    assert rollup is not None
    found = {row["tags"]: row["charges"] for row in ask(organization, rollup, ["tags"], YEAR)}
    assert found == {'{"app":"z","env":"x"}': 1, '{"env":"x"}': 1, None: 1}


def test_a_question_without_its_rollup_goes_to_the_charges_until_it_is_made_again(organization: Organization) -> None:
    deliver(organization.id, focus.write_csv([focus.make_charge("1"), focus.make_charge("2", ServiceName="S3")]))
    before = choose(organization, columns=["service_name"])
    assert before is not None
    answered = ask(organization, before, ["service_name"], YEAR)
    for path in Path(before.files[0].address).parent.iterdir():
        path.unlink()
    assert choose(organization, columns=["service_name"]) is None
    assert rollups.restore_rollups(organization.id) == 1
    again = choose(organization, columns=["service_name"])
    assert again == before
    assert ask(organization, again, ["service_name"], YEAR) == answered
    assert rollups.restore_rollups(organization.id) == 0


def test_rollups_of_replaced_imports_go_after_a_day(organization: Organization) -> None:
    first = deliver(organization.id, focus.write_csv([focus.make_charge("1")]))
    second = deliver(organization.id, focus.write_csv([focus.make_charge("2")]))

    def kept() -> set[str]:
        return {path.name for path in Path(rollups_address(organization.id)).iterdir()}

    def files(import_id: UUID) -> bool:
        return Path(rollup_address(organization.id, import_id, "2026-01", Grain.DAYS)).is_file()

    assert kept() == {first.id.hex, second.id.hex}
    with frozen(now() + timedelta(hours=25)):
        rollups.drop_replaced_rollups(organization.id)
    assert kept() == {second.id.hex}
    assert files(second.id)


def test_nobody_sees_rollups_before_the_commit(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(organization.id, focus.write_csv([focus.make_charge("1")]))
    before = choose(organization)

    def die(*_: object, **__: object) -> None:
        raise RuntimeError("the process is gone")

    with monkeypatch.context() as patched:
        patched.setattr("assay.costs.services.lake.replace_periods", die)
        with pytest.raises(RuntimeError, match="gone"):
            deliver(organization.id, focus.write_csv([focus.make_charge("2")]))
    assert choose(organization) == before


def test_expressions_of_rollups_and_charges_have_the_same_columns() -> None:
    charges = charges_table()
    for grain in Grain:
        table: Table = charges_table(Rollup(grain, ()))
        shared = [name for name in table.columns if not name.startswith("has_")]
        assert set(shared) <= set(charges.columns)
        assert all(table[name].type().is_string() == charges[name].type().is_string() for name in shared)
