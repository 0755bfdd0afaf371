"""Figures kept beside runs: they say what the runs are shown with, and order any number of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from assay.core import tenancy
from assay.core.money import Money
from assay.costs.models import RunFigure
from assay.costs.selectors.figures import experiment_costs, order_by_cost, page_by_cost, sum_by_value
from assay.costs.selectors.run_costs import costs_of_runs
from assay.costs.services.backlogs import resume_costs
from assay.costs.services.uses import refresh_run
from assay.tracking.domain.errors import PageTokenRefused
from assay.tracking.domain.queries import RunQuery
from assay.tracking.selectors.runs import match_runs
from assay.tracking.selectors.statements import Statement, read_ids
from assay.tracking.services import experiments, runs
from tests.factories.holds import hold_machine
from tests.factories.organizations import found_organization

START = datetime(2026, 3, 5, 10, tzinfo=UTC)


@pytest.fixture
def ada(db: None) -> Iterator[UUID]:
    """Inside the organization's scope."""
    organization = found_organization()
    with tenancy.scope(organization.id):
        yield organization.id


def hold(organization_id: UUID, hours: float | None, *, start: datetime = START) -> UUID:
    return hold_machine(organization_id, "", start, None if hours is None else start + timedelta(hours=hours))


def unpriced(organization_id: UUID) -> UUID:
    return hold_machine(organization_id, "", START, START + timedelta(hours=1), tags={})


def walk(organization_id: UUID, *, descending: bool, limit: int) -> list[UUID]:
    matching, token, found = match_runs(organization_id, RunQuery()), "", []
    while True:
        page = page_by_cost(organization_id, matching, descending=descending, limit=limit, page_token=token)
        found += page.run_ids
        if page.next_page_token is None:
            return found
        token = page.next_page_token


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_by_cost_hold_every_run_once_and_the_unpriced_last(ada: UUID, limit: int) -> None:
    cheap, dear, middle = hold(ada, 1), hold(ada, 9), hold(ada, 3)
    free = {unpriced(ada), unpriced(ada)}
    down, up = walk(ada, descending=True, limit=limit), walk(ada, descending=False, limit=limit)
    assert down[:3] == [dear, middle, cheap]
    assert up[:3] == [cheap, middle, dear]
    assert set(down[3:]) == set(up[3:]) == free
    assert len(down) == len(up) == 5


def test_equal_amounts_come_newest_first_and_none_is_lost_between_pages(ada: UUID) -> None:
    same = [hold(ada, 2, start=START + timedelta(days=number)) for number in range(5)]
    assert walk(ada, descending=True, limit=2) == same[::-1]


def test_a_running_run_stands_where_its_cost_so_far_puts_it(ada: UUID) -> None:
    cheap, live = hold(ada, 0.001), hold(ada, None)
    assert walk(ada, descending=True, limit=5) == [live, cheap]
    matching = match_runs(ada, RunQuery())
    assert [*read_ids(order_by_cost(ada, matching, descending=False), at_once=1)] == [[cheap], [live]]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("descending", [True, False])
def test_runs_are_ordered_within_their_currency(ada: UUID, limit: int, descending: bool) -> None:
    """A thousand yen are no more than nine dollars."""
    cheap, dear = hold(ada, 1), hold(ada, 9)
    yen = [hold(ada, hours) for hours in (2, 3)]
    euro, live = hold(ada, 5), hold(ada, None)
    free = unpriced(ada)
    RunFigure.objects.filter(run_id__in=yen).update(currency="JPY", amount=1_000)
    RunFigure.objects.filter(run_id=yen[1]).update(amount=2_000)
    RunFigure.objects.filter(run_id=euro).update(currency="EUR")
    groups = [[euro], yen, [cheap, dear, live]]
    expected = [run_id for group in groups for run_id in (reversed(group) if descending else group)]
    assert walk(ada, descending=descending, limit=limit) == [*expected, free]
    ordered = order_by_cost(ada, match_runs(ada, RunQuery()), descending=descending)
    assert [run_id for found in read_ids(ordered, at_once=2) for run_id in found] == [*expected, free]


@pytest.mark.parametrize("token", ["x", "W10", "e30", "bnVsbA", "A" * 2_000])
def test_a_token_that_no_page_gave_is_refused(ada: UUID, token: str) -> None:
    with pytest.raises(PageTokenRefused):
        page_by_cost(ada, match_runs(ada, RunQuery()), descending=True, limit=1, page_token=token)


def test_a_token_of_another_question_is_refused(ada: UUID) -> None:
    hold(ada, 1), hold(ada, 2)
    token = page_by_cost(ada, match_runs(ada, RunQuery()), descending=True, limit=1).next_page_token
    other = match_runs(ada, RunQuery(filter="attributes.status = 'FINISHED'"))
    with pytest.raises(PageTokenRefused):
        page_by_cost(ada, other, descending=True, limit=1, page_token=token or "")


def test_a_figure_is_what_the_run_is_shown_with(ada: UUID) -> None:
    ended, live = hold(ada, 3), hold(ada, None)
    views = costs_of_runs(ada, [ended, live])
    stored = {row.run_id: row for row in RunFigure.objects.all()}
    assert (stored[ended].amount, stored[ended].currency) == (views[ended].amount, views[ended].currency)
    assert (stored[live].amount, stored[live].is_live, stored[live].state) == (None, True, "estimate")
    assert stored[live].per_hour == Decimal("1.006")


def test_a_run_that_names_no_machine_any_more_loses_its_figure(ada: UUID) -> None:
    run_id = hold(ada, 1)
    for key in ("provider", "instance_type", "region", "lifecycle", "resource_id", "share"):
        runs.delete_tag(ada, run_id, key=f"assay.compute.{key}")
    refresh_run(ada, run_id)
    assert not RunFigure.objects.exists()


def test_runs_from_before_figures_were_kept_get_theirs(ada: UUID) -> None:
    run_id = hold(ada, 1)
    RunFigure.objects.all().delete()
    resume_costs(ada)
    assert RunFigure.objects.get().run_id == run_id


def test_sums_by_value_add_up_to_the_experiments(ada: UUID) -> None:
    experiment = experiments.ensure_default_experiment(ada).id
    held = [hold(ada, hours) for hours in (1, 2, 4)]
    parts = Statement("SELECT id, CASE WHEN id = %(one)s THEN 'one' END AS value FROM tracking_run", {"one": held[0]})
    sums = sum_by_value(ada, parts)
    whole = experiment_costs(ada, [experiment])[experiment].amounts
    assert whole == (sums["one"][0] + sums[None][0],)
    assert sums["one"] == (Money(costs_of_runs(ada, held)[held[0]].amount or Decimal(0), "USD"),)


def test_sums_by_value_are_never_over_two_currencies(ada: UUID) -> None:
    dollars, euro = [hold(ada, hours) for hours in (1, 2)], hold(ada, 4)
    RunFigure.objects.filter(run_id=euro).update(currency="EUR", amount=3)
    sums = sum_by_value(ada, Statement("SELECT id, 'all' AS value FROM tracking_run", {}))
    amounts = [costs_of_runs(ada, dollars)[run_id].amount or Decimal(0) for run_id in dollars]
    assert sums == {"all": (Money(Decimal(3), "EUR"), Money(sum(amounts, Decimal(0)), "USD"))}
