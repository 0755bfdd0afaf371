"""Why costs changed: the causes sum to the difference, exactly."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core import tenancy
from assay.core.intervals import Interval
from assay.costs.domain.comparisons import Cause, Item, Side, attribute, explain
from assay.costs.domain.dimensions import Dimension
from assay.costs.domain.filters import parse_filter
from assay.costs.domain.questions import CostQuestion, previous_interval
from assay.costs.selectors.changes import explain_change
from assay.costs.selectors.explorer import answer
from tests.factories.bills import charge, import_bill
from tests.factories.organizations import found_organization

amounts = st.decimals(-(10**9), 10**9, places=15)
sides = st.builds(Side, st.integers(0, 3), amounts, amounts, st.one_of(st.none(), st.decimals(0, 10**9, places=15)))
items = st.builds(
    Item,
    st.tuples(st.sampled_from(["a", "b", None])),
    st.sampled_from(["Usage", "Tax", "Credit", "Purchase", "Adjustment"]),
    st.booleans(),
    sides,
    sides,
)
FEBRUARY = Interval(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
JANUARY = Interval(datetime(2026, 1, 1, tzinfo=UTC), FEBRUARY.start)


def side(cost: str, list_cost: str, quantity: str | None) -> Side:
    return Side(1, Decimal(cost), Decimal(list_cost), None if quantity is None else Decimal(quantity))


@given(st.lists(items, max_size=8), st.integers(0, 3))
def test_causes_and_drivers_each_sum_to_the_difference(found: list[Item], most: int) -> None:
    explained = explain(found, currency="USD", most=most)
    with localcontext(prec=80):
        difference = sum((item.now.cost - item.before.cost for item in found), Decimal(0))
        assert explained.change == difference
        assert sum(explained.causes.values(), Decimal(0)) == difference
        assert sum((driver.change for driver in explained.drivers), explained.others) == difference
        assert len({driver.key for driver in explained.drivers}) == len(explained.drivers)
        for driver in explained.drivers:
            assert sum(driver.effects.values(), Decimal(0)) == driver.change


@pytest.mark.parametrize(
    ("before", "now", "effects"),
    [
        (side("10", "10", "100"), side("15", "15", "150"), {Cause.USAGE: "5"}),
        (side("10", "10", "100"), side("12", "12", "100"), {Cause.PRICE: "2"}),
        (side("10", "10", "100"), side("7", "10", "100"), {Cause.DISCOUNT: "-3"}),
        (side("8", "10", "100"), side("14.4", "24", "200"), {Cause.USAGE: "8", Cause.PRICE: "3.2", Cause.DISCOUNT: "-4.8"}),
        (Side(), side("3", "3", "1"), {Cause.NEW: "3"}),
        (side("3", "3", "1"), Side(), {Cause.GONE: "-3"}),
        (side("3", "3", None), side("4", "4", None), {Cause.OTHER: "1"}),
        (side("3", "3", "7"), side("3", "3", "7"), {}),
    ],
)
def test_a_difference_is_attributed_to_its_cause(before: Side, now: Side, effects: dict[Cause, str]) -> None:
    found = attribute(Item(("i-1",), "Usage", is_correction=False, before=before, now=now))
    assert found == {cause: Decimal(amount) for cause, amount in effects.items()}


@pytest.mark.django_db
def test_the_ledgers_difference_is_explained_and_its_filter_holds() -> None:
    organization = found_organization()
    start = [JANUARY.start, FEBRUARY.start]
    import_bill(
        organization.id,
        [
            charge("i-1", start[0], "10", ConsumedQuantity="10"),
            charge("i-gone", start[0] + timedelta(days=3), "4"),
            charge(None, start[0], "1", ChargeCategory="Tax", ConsumedQuantity=None, ConsumedUnit=None),
        ],
        source_name="january",
    )
    import_bill(
        organization.id,
        [
            charge("i-1", start[1], "18", ConsumedQuantity="20", ListCost="20"),
            charge("i-new", start[1], "0.5"),
            charge(None, start[1], "3", ChargeCategory="Tax", ConsumedQuantity=None, ConsumedUnit=None),
        ],
        source_name="february",
    )
    with tenancy.scope(organization.id):
        question = CostQuestion(FEBRUARY, group_by=(Dimension.RESOURCE,), before=JANUARY)
        found = explain_change(organization.id, question, before=JANUARY)
        compared = answer(organization.id, question)
        machines = explain_change(
            organization.id, CostQuestion(FEBRUARY, filter=parse_filter("not resource is null")), before=JANUARY
        )
    amounts = {Cause.USAGE: 10, Cause.GONE: -4, Cause.DISCOUNT: -2, Cause.TAX: 2, Cause.NEW: Decimal("0.5")}
    assert found.causes == amounts
    assert found.change == compared.total - compared.total_before == Decimal("6.5")
    assert Cause.TAX not in machines.causes
    assert {row.key[0]: row.before for row in compared.rows} == {"i-1": 10, "i-gone": 4, None: 1, "i-new": 0}


@pytest.mark.django_db
def test_use_is_measured_by_what_was_priced_where_nothing_says_what_was_consumed() -> None:
    organization = found_organization()
    unsaid = {"ConsumedQuantity": None, "ConsumedUnit": None, "PricingUnit": "Hours"}
    for start, cost, hours in ((JANUARY.start, "10", "10"), (FEBRUARY.start, "15", "15")):
        bill = [
            charge("i-1", start, cost, PricingQuantity=hours, ListCost=cost, **unsaid),
            charge("i-2", start, cost, ConsumedQuantity=hours, PricingQuantity="1", ListCost=cost),
        ]
        import_bill(organization.id, bill, source_name=f"{start:%B}")
    with tenancy.scope(organization.id):
        found = explain_change(organization.id, CostQuestion(FEBRUARY), before=JANUARY)
    assert found.causes == {Cause.USAGE: found.change} == {Cause.USAGE: 10}
    assert {driver.key[3]: driver.key[6] for driver in found.drivers} == {"i-1": "PricingQuantity", "i-2": "ConsumedQuantity"}


def test_whole_months_are_compared_with_whole_months() -> None:
    assert previous_interval(FEBRUARY) == JANUARY
    quarter = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert previous_interval(quarter).start == datetime(2025, 10, 1, tzinfo=UTC)
    week = Interval(JANUARY.start, JANUARY.start + timedelta(days=7))
    assert previous_interval(week) == Interval(JANUARY.start - timedelta(days=7), JANUARY.start)
