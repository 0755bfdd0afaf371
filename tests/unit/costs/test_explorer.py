"""Views of the bill: each partition sums to the file, exactly."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits
from assay.costs.domain.dimensions import Dimension, Group, Tag
from assay.costs.domain.filters import parse_filter
from assay.costs.domain.questions import CostQuestion, Granularity
from assay.costs.selectors import explorer
from assay.costs.selectors.charges import list_charges
from tests.breadth import examples
from tests.factories import focus
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = Interval(JANUARY, datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def organization(unblocked: Callable[[], AbstractContextManager[None]]) -> Organization:
    with unblocked():
        return found_billed()


def found_billed() -> Organization:
    """Seven charges of two days, services and accounts, one of which is a credit."""
    organization = found_organization()
    charges = [
        charge("10", hour=0, ServiceName="S3", SubAccountId="001", SubAccountName="Web"),
        charge("4", hour=23, ServiceName="EC2", ResourceId="i-1", BilledCost="0", ListCost=None),
        charge("3", hour=24, ServiceName="EC2", ResourceId="i-1"),
        charge("2", hour=25, ServiceName="EC2", ResourceId=None),
        charge("-1", hour=25, ServiceName="EC2", ChargeCategory="Credit"),
        charge("0.5", hour=26, ServiceName="RDS", RegionId=None, RegionName="Somewhere"),
        charge("0.25", hour=26, ServiceName=None, SubAccountId=None),
    ]
    deliver(organization.id, focus.write_csv(charges))
    return organization


def charge(cost: str, *, hour: int, **values: str | None) -> dict[str, str | None]:
    start = JANUARY + timedelta(hours=hour)
    times = {"ChargePeriodStart": start.isoformat(), "ChargePeriodEnd": (start + timedelta(hours=1)).isoformat()}
    return focus.make_charge(cost, **{**times, **values})


def sums(organization: Organization, *group_by: Dimension, interval: Interval = YEAR) -> dict[tuple[str | None, ...], Decimal]:
    with tenancy.scope(organization.id):
        table = explorer.summarize(organization.id, group_by=group_by, interval=interval)
    assert sum((row.amount for row in table.rows), Decimal(0)) == table.total
    return {row.key: row.amount for row in table.rows}


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=15, allow_nan=False).map(lambda amount: f"{amount:f}")
rows = st.tuples(
    amounts,
    st.integers(0, 31 * 24 - 1),
    st.sampled_from(["EC2", "S3", 'it\'s "odd"', None]),
    st.sampled_from(["001", "1", "01", None]),
)


@given(bill=st.lists(rows, min_size=1, max_size=30))
@settings(max_examples=examples(4, many=40), deadline=None)
def test_totals_by_service_account_and_day_are_each_the_sum_of_the_file(
    bill: Sequence[tuple[str, int, str | None, str | None]],
) -> None:
    organization = found_organization()
    charges = [charge(cost, hour=hour, ServiceName=service, SubAccountId=account) for cost, hour, service, account in bill]
    delivered = deliver(organization.id, focus.write_csv(charges))
    with localcontext(prec=80):
        total = sum((Decimal(cost) for cost, *_ in bill), Decimal(0))
        with tenancy.scope(organization.id):
            for group_by in (
                [Dimension.SERVICE],
                [Dimension.ACCOUNT],
                [Dimension.DAY],
                [Dimension.SERVICE, Dimension.MONTH],
                [],
            ):
                table = explorer.summarize(organization.id, group_by=group_by, interval=YEAR)
                assert table.total == total == sum((row.amount for row in table.rows), Decimal(0))
            question = CostQuestion(YEAR, group_by=(Dimension.SERVICE,), granularity=Granularity.MONTH, top=1)
            answer = explorer.answer(organization.id, question)
            assert sum((row.amount for row in answer.shown), Decimal(0)) == answer.total == total
            assert (
                sum((sum(row.series, Decimal(0)) for row in answer.shown), Decimal(0))
                == sum(answer.step_totals, Decimal(0))
                == total
            )
    assert delivered.totals["effective"] == total


def test_charges_are_grouped_by_any_dimensions_largest_first(organization: Organization) -> None:
    assert list(sums(organization, Dimension.SERVICE).items()) == [
        (("S3",), Decimal(10)),
        (("EC2",), Decimal(8)),
        (("RDS",), Decimal("0.5")),
        ((None,), Decimal("0.25")),
    ]
    assert sums(organization, Dimension.DAY) == {("2026-01-01",): Decimal(14), ("2026-01-02",): Decimal("4.75")}
    assert sums(organization, Dimension.MONTH, Dimension.CHARGE_CATEGORY) == {
        ("2026-01", "Usage"): Decimal("19.75"),
        ("2026-01", "Credit"): Decimal(-1),
    }
    assert sums(organization, Dimension.ACCOUNT)[("000123456789",)] == Decimal("0.25")
    assert sums(organization, Dimension.REGION)[("Somewhere",)] == Decimal("0.5")
    assert sums(organization) == {(): Decimal("18.75")}


@pytest.mark.parametrize("dimension", list(Dimension))
def test_every_dimension_conserves_the_total(organization: Organization, dimension: Dimension) -> None:
    assert sum(sums(organization, dimension).values()) == Decimal("18.75")


def test_neighbouring_intervals_share_no_charge(organization: Organization) -> None:
    borders = [JANUARY + timedelta(hours=hour) for hour in (0, 1, 23, 24, 25, 48)]
    parts = [Interval(start, end) for start, end in pairwise(borders)]
    found = [sums(organization, interval=part).get((), Decimal(0)) for part in parts]
    assert found == [Decimal(10), Decimal(0), Decimal(4), Decimal(3), Decimal("1.75")]
    assert sums(organization, interval=Interval(JANUARY, JANUARY)) == {}


def test_each_basis_has_its_own_sum(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        totals = {basis: explorer.answer(organization.id, CostQuestion(YEAR, basis)).total for basis in Basis}
        for basis, total in totals.items():
            assert total == explorer.summarize(organization.id, group_by=[], interval=YEAR, basis=basis).total
    assert totals == {
        Basis.EFFECTIVE: Decimal("18.75"),
        Basis.BILLED: Decimal("14.75"),
        Basis.CONTRACTED: Decimal("18.75"),
        Basis.LIST: Decimal("14.75"),
    }


def test_filters_and_credits_narrow_the_view(organization: Organization) -> None:
    with tenancy.scope(organization.id):

        def total(credit: Credits = Credits.INCLUDED, **filters: Sequence[str | None]) -> Decimal:
            chosen = {Dimension(name): values for name, values in filters.items()}
            return explorer.summarize(organization.id, group_by=[], interval=YEAR, filters=chosen, credit=credit).total

        assert total(service=["EC2"]) == 8
        assert total(credit=Credits.EXCLUDED) == Decimal("19.75")
        assert total(service=["RDS", None]) == Decimal("0.75")
        assert total(service=["EC2"], day=["2026-01-01"]) == 4
        assert total(service=["'; DROP VIEW charges; --"]) == 0
        assert total(resource=[None]) == 2
        assert total(service=[]) == 0


def test_a_series_has_every_day_and_one_line_for_the_rest(organization: Organization) -> None:
    interval = Interval(JANUARY, JANUARY + timedelta(days=3))
    question = CostQuestion(interval, group_by=(Dimension.SERVICE,), granularity=Granularity.DAY, top=2)
    with tenancy.scope(organization.id):
        answer = explorer.answer(organization.id, question)
        only = explorer.answer(organization.id, replace(question, filter=parse_filter("service = 'EC2'")))
    assert answer.steps == ("2026-01-01", "2026-01-02", "2026-01-03")
    assert [(row.key, row.series) for row in answer.shown] == [
        (("S3",), (Decimal(10), Decimal(0), Decimal(0))),
        (("EC2",), (Decimal(4), Decimal(4), Decimal(0))),
        ((), (Decimal(0), Decimal("0.75"), Decimal(0))),
    ]
    assert (answer.groups, answer.rest is None, only.rest is None) == (4, False, True)
    assert [row.key for row in only.rows] == [("EC2",)]


@pytest.mark.parametrize("granularity", list(Granularity))
@pytest.mark.parametrize("group_by", [(), (Dimension.SERVICE,), (Dimension.ACCOUNT, Tag("team"))])
def test_steps_of_every_length_sum_to_the_total(
    organization: Organization, granularity: Granularity, group_by: tuple[Group, ...]
) -> None:
    interval = Interval(JANUARY, JANUARY + timedelta(days=31))
    with tenancy.scope(organization.id):
        found = explorer.answer(organization.id, CostQuestion(interval, group_by=group_by, granularity=granularity, top=2))
    assert sum(found.step_totals, Decimal(0)) == found.total == Decimal("18.75")
    for row in found.shown:
        assert sum(row.series, Decimal(0)) == row.amount


def test_values_come_with_names_for_people(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        accounts = explorer.list_dimension_values(organization.id, dimension=Dimension.ACCOUNT, interval=YEAR)
        services = explorer.list_dimension_values(organization.id, dimension=Dimension.SERVICE, interval=YEAR)
    assert [(entry.value, entry.label) for entry in accounts] == [
        ("000000000001", "Web"),
        ("000000000007", "Research"),
        ("000123456789", "Payer"),
    ]
    assert [entry.label for entry in services] == ["S3", "EC2", "RDS", None]


def test_the_ledger_says_how_fresh_it_is(organization: Organization) -> None:
    eve = found_organization(owner_email="eve@example.com")
    with tenancy.scope(organization.id):
        fresh = explorer.find_freshness(organization.id)
    with tenancy.scope(eve.id):
        assert explorer.find_freshness(eve.id).charged_until is None
    assert fresh.charged_until == JANUARY + timedelta(hours=27)
    assert fresh.imported_at is not None
    assert fresh.source_name == "aws"


def test_an_empty_ledger_gives_empty_answers() -> None:
    organization = found_organization(currency="EUR")
    with tenancy.scope(organization.id):
        table = explorer.summarize(organization.id, group_by=[Dimension.SERVICE], interval=YEAR)
        assert (table.rows, table.total, table.currency) == ((), Decimal(0), "EUR")
        assert explorer.answer(organization.id, CostQuestion(YEAR, Basis.LIST)).total == 0
        assert explorer.list_dimension_values(organization.id, dimension=Dimension.SERVICE, interval=YEAR) == []
        nothing = CostQuestion(Interval(JANUARY, JANUARY), group_by=(Dimension.SERVICE,), granularity=Granularity.DAY)
        assert (explorer.answer(organization.id, nothing).steps, explorer.answer(organization.id, nothing).rows) == ((), ())
        assert list_charges(organization.id, CostQuestion(YEAR)).charges == ()


def test_currencies_are_never_added_up() -> None:
    organization = found_billed()
    deliver(organization.id, focus.write_csv([focus.make_charge("1000", BillingCurrency="EUR")]), source_name="in euros")
    with tenancy.scope(organization.id):
        table = explorer.summarize(organization.id, group_by=[], interval=YEAR)
        assert (table.total, table.currency, table.other_currencies) == (Decimal("18.75"), "USD", ("EUR",))
        assert explorer.answer(organization.id, CostQuestion(YEAR, Basis.BILLED)).other_currencies == ("EUR",)


def test_single_charges_come_page_by_page(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        pages: list[list[Decimal | None]] = []
        cursor = None
        while not pages or cursor:
            page = list_charges(organization.id, CostQuestion(YEAR), limit=3, cursor=cursor)
            pages.append([charge.costs["effective"] for charge in page.charges])
            cursor = page.next_cursor
        assert pages == [[10, 4, 3], [2, Decimal("0.5"), Decimal("0.25")], [-1]]
        found = list_charges(organization.id, CostQuestion(YEAR, filter=parse_filter("resource = 'i-1'"))).charges
    assert [(charge.started_at, charge.costs["list"]) for charge in found] == [
        (JANUARY + timedelta(hours=23), None),
        (JANUARY + timedelta(hours=24), Decimal(3)),
    ]
    assert found[0].tags == {"team": "vision"}
    assert isinstance(found[0].import_id, UUID)


def test_a_page_of_a_ledger_that_changed_is_refused() -> None:
    organization = found_billed()
    with tenancy.scope(organization.id):
        cursor = list_charges(organization.id, CostQuestion(YEAR), limit=1).next_cursor
    deliver(organization.id, focus.write_csv([charge("1", hour=1)]), source_name="gcp")
    with tenancy.scope(organization.id):
        for wrong in (cursor, "first", "1-x"):
            with pytest.raises(Invalid, match="start from the first page"):
                list_charges(organization.id, CostQuestion(YEAR), cursor=wrong)
        with pytest.raises(Invalid, match="limit"):
            list_charges(organization.id, CostQuestion(YEAR), limit=501)
