"""Dollars of runs: estimates before the bill, actuals after it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from assay.clouds.selectors.prices import hourly_price
from assay.core.clock import now
from assay.core.intervals import Interval
from assay.core.money import Money
from assay.costs.domain.billed_spans import BilledPeriod, BilledSpan, BilledTime, list_spans
from assay.costs.domain.run_costs import (
    UNPRICED,
    RunCostKind,
    RunCostState,
    RunCostView,
    choose_actual,
    choose_state,
    sum_by_currency,
)
from assay.costs.domain.uses import estimate_cost
from assay.costs.models import AllocatedPeriod, ComputeUse, RunCost


@dataclass(slots=True)
class _Figures:
    """Stored amounts of one run."""

    estimate: Money | None = None
    actuals: list[Money] = field(default_factory=list)
    sources: set[UUID] = field(default_factory=set)
    deliveries: set[UUID] = field(default_factory=set)


def costs_of_runs(organization_id: UUID, run_ids: Collection[UUID], *, at: datetime | None = None) -> dict[UUID, RunCostView]:
    """The cost of each run that was asked for; of one that names no machine, or is unknown, it is unpriced.

    at: until when a run that still runs is estimated; default now. Three queries, whatever the number of runs.
    """
    views = view_runs(organization_id, Q(run_id__in=run_ids), at=at or now())
    return {run_id: views.get(run_id, UNPRICED) for run_id in run_ids}


def view_runs(organization_id: UUID, chosen: Q, *, at: datetime) -> dict[UUID, RunCostView]:
    """The costs of the chosen runs that name a machine. chosen: a condition on rows that have a run."""
    figures = _read_figures(organization_id, chosen)
    billed = BilledTime(list_billed_spans(organization_id))
    uses = ComputeUse.objects.filter(chosen, organization_id=organization_id)
    return {use.run_id: _view(use, figures.get(use.run_id, _Figures()), billed, at) for use in uses}


def list_billed_spans(organization_id: UUID) -> list[BilledSpan]:
    """The time that the organization's allocated bills cover."""
    rows = AllocatedPeriod.objects.filter(organization_id=organization_id)
    return list_spans(
        BilledPeriod(row.source_id, row.billing_period, frozenset(row.providers), row.billed_until) for row in rows
    )


def price_of_hour(use: ComputeUse) -> Money | None:
    """List price of an hour of the whole machine that a run holds; None when no price book names it."""
    return hourly_price(
        use.provider, instance_type=use.instance_type, region=use.region, lifecycle=use.lifecycle, at=use.started_at
    )


def estimate_use(use: ComputeUse, *, at: datetime) -> Money | None:
    """What a run's hold costs by the price list, until `at` while it runs; None when its machine has no price."""
    price = price_of_hour(use)
    return estimate_cost(price, interval=held_interval(use, at=at), share=use.share) if price else None


def held_interval(use: ComputeUse, *, at: datetime) -> Interval:
    """The time of a hold; one that has not ended holds until `at`."""
    return Interval(use.started_at, use.ended_at or max(use.started_at, at))


def _read_figures(organization_id: UUID, chosen: Q) -> Mapping[UUID, _Figures]:
    rows = (
        RunCost.objects.filter(chosen, organization_id=organization_id)
        .values_list("run_id", "kind", "currency", "source_id", "delivery_id")
        .annotate(sum=Sum("amount"))
    )
    figures: dict[UUID, _Figures] = {}
    for run_id, kind, currency, source_id, delivery_id, amount in rows:
        of_run = figures.setdefault(run_id, _Figures())
        if kind == RunCostKind.ESTIMATE:
            of_run.estimate = Money(amount, currency)
            continue
        of_run.actuals.append(Money(amount, currency))
        of_run.sources.add(source_id)
        of_run.deliveries.add(delivery_id)
    return figures


def _view(use: ComputeUse, figures: _Figures, billed: BilledTime, at: datetime) -> RunCostView:
    estimate = estimate_use(use, at=at) if use.ended_at is None else figures.estimate
    actual, further = choose_actual(sum_by_currency(figures.actuals), preferred=estimate.currency if estimate else None)
    is_billed = use.ended_at is not None and billed.covers(
        held_interval(use, at=at), provider=use.provider, source_ids=frozenset(figures.sources)
    )
    state = choose_state(
        has_estimate=estimate is not None,
        has_actual=actual is not None,
        is_billed=is_billed,
        names_resource=bool(use.resource_id),
    )
    shown = {RunCostState.ACTUAL: actual, RunCostState.ESTIMATE: estimate}.get(state)
    return RunCostView(
        state=state,
        amount=shown.amount if shown else None,
        currency=shown.currency if shown else None,
        estimate=estimate,
        actual=actual,
        further=further,
        delivery=max(figures.deliveries, default=None),
        resource_id=use.resource_id or None,
        share=use.share,
        note=use.note,
    )
