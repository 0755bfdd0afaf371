"""The start page: what ran, what it cost, what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from assay.accounts.domain.principals import Principal
from assay.core.amounts import format_amount, format_ratio
from assay.core.clock import now
from assay.costs.domain.imports import ImportState
from assay.costs.domain.run_costs import RunCostState
from assay.costs.selectors.imports import list_imports
from assay.costs.selectors.resources import resource_costs
from assay.portal.domain.facts import Fact
from assay.portal.domain.ranges import TimeRange
from assay.portal.selectors.machines import add_up
from assay.portal.selectors.run_tables import RunRow, with_costs
from assay.portal.selectors.sweeps import progress_of, sum_costs
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.states import RunStatus
from assay.tracking.selectors.run_tallies import count_lost_runs
from assay.tracking.selectors.runs import count_runs, list_runs
from assay.tuning.domain.states import OPEN_SWEEPS
from assay.tuning.selectors.sweeps import list_sweeps

LATEST = 8
LOOKED_AT = 200
LOST_SHOWN = 3
SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Activity:
    """latest: newest runs. running: how many. sweeps: those that run, with their progress."""

    latest: tuple[RunRow, ...]
    running: int
    sweeps: tuple[tuple[object, object], ...]


def read_activity(organization_id: UUID) -> Activity:
    latest = with_costs(organization_id, list_runs(organization_id, RunQuery(limit=LATEST)).runs)
    running = count_runs(organization_id, RunQuery(filter="attributes.status = 'RUNNING'"))
    sweeps = [one for one in list_sweeps(organization_id, limit=20).sweeps if one.state in OPEN_SWEEPS]
    return Activity(latest, running, tuple((sweep, progress_of(sweep)) for sweep in sweeps))


def list_facts(principal: Principal, *, billed: TimeRange | None) -> list[Fact]:
    """Of the last 30 days, and of the latest days of the bill for those who may read it."""
    facts = [*_failed_runs(principal.organization_id), *_lost_runs(principal.organization_id)]
    facts += _unpriced_runs(principal.organization_id)
    if billed is not None:
        facts += [*_idle_machines(principal.organization_id, billed), *_refused_bills(principal.organization_id)]
    return facts


def _since(span: timedelta) -> str:
    return f"attributes.start_time >= {int((now() - span).timestamp() * 1000)}"


def _failed_runs(organization_id: UUID) -> Iterator[Fact]:
    query = RunQuery(filter=f"attributes.status = 'FAILED' AND {_since(SPAN)}", limit=LOOKED_AT)
    rows = with_costs(organization_id, list_runs(organization_id, query).runs)
    if not rows:
        return
    dollars = " + ".join(format_amount(money.amount, money.currency) for money in sum_costs(row.cost for row in rows))
    number = rows[0].run.experiment_number
    href = f"{reverse('experiment', args=[number])}?{urlencode({'status': 'FAILED', 'sort': '-cost'})}"
    text = f"{len(rows)} run{'s' if len(rows) > 1 else ''} failed"
    yield Fact("bad", "circle-x", text, f"{dollars or 'no dollars known'} in the last 30 days", href)


def _lost_runs(organization_id: UUID) -> Iterator[Fact]:
    """Of the experiments that lost most, LOST_SHOWN; the others in one sentence."""
    since = now() - SPAN
    found = count_lost_runs(organization_id, since=since)
    for lost in found[:LOST_SHOWN]:
        asked = {"status": RunStatus.LOST.value, "filter": f"attributes.start_time >= {int(since.timestamp() * 1000)}"}
        href = f"{reverse('experiment', args=[lost.experiment_number])}?{urlencode(asked)}"
        text = f"{lost.runs:,} run{'s' if lost.runs > 1 else ''} of {lost.experiment_name} {'were' if lost.runs > 1 else 'was'} lost"
        yield Fact(
            "bad", "alert-triangle", text, "Not heard of any more; they cost nothing after their last sign of life", href
        )
    rest = found[LOST_SHOWN:]
    if rest:
        text = (
            f"{sum(lost.runs for lost in rest):,} more were lost in {len(rest)} other experiment{'s' if len(rest) > 1 else ''}"
        )
        yield Fact("bad", "alert-triangle", text, "In the last 30 days", reverse("experiments"))


def _unpriced_runs(organization_id: UUID) -> Iterator[Fact]:
    rows = with_costs(organization_id, list_runs(organization_id, RunQuery(filter=_since(SPAN), limit=LOOKED_AT)).runs)
    unpriced = [row for row in rows if row.cost.state is RunCostState.UNPRICED]
    if unpriced:
        text = f"{len(unpriced)} of the newest {len(rows)} runs are unpriced"
        note = "They name no machine: install the Assay client beside the training code"
        yield Fact("warn", "coin", text, note, reverse("run", args=[unpriced[0].run.id]) + "?tab=cost")


def _idle_machines(organization_id: UUID, billed: TimeRange) -> Iterator[Fact]:
    for sums in add_up(resource_costs(organization_id, billed.interval)):
        if sums.idle > 0:
            text = f"{format_amount(sums.idle, sums.currency)} of machines stood idle"
            note = f"{format_ratio(sums.idle, sums.total)} of what training machines cost in the latest 30 days of the bill"
            yield Fact("warn", "hourglass", text, note, f"{reverse('resources')}?sort=-idle")


def _refused_bills(organization_id: UUID) -> Iterator[Fact]:
    since = now() - SPAN
    refused = [
        one for one in list_imports(organization_id, limit=50) if one.state is ImportState.REFUSED and one.received_at >= since
    ]
    for one in refused[:2]:
        yield Fact("bad", "receipt-2", f"{one.file_name} was refused", one.message, reverse("import", args=[one.id]))
