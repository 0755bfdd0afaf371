"""Keeps RunFigure in step with the reckonings: called wherever a hold, an estimate or a delivered bill changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from assay.core.clock import now
from assay.costs.domain.run_costs import RunCostView
from assay.costs.models import ComputeUse, RunFigure
from assay.costs.selectors.run_costs import price_of_hour, view_runs

BATCH_RUNS = 2_000
VALUES = ("experiment_id", "state", "currency", "amount", "is_live", "per_hour", "started_at")

Place = tuple[UUID, int]


def refresh_run_figures(organization_id: UUID, run_ids: Collection[UUID]) -> None:
    """Of these runs; one that names no machine any more loses its figures."""
    _refresh(organization_id, sorted(run_ids))


def refresh_machine_figures(organization_id: UUID, resource_ids: Collection[str]) -> None:
    """Of every run that holds one of these machines."""
    _refresh_uses(organization_id, Q(resource_id__in=resource_ids))


def refresh_figures(organization_id: UUID) -> None:
    """Of every run that names a machine: a delivered bill also says what it does not charge for."""
    _refresh_uses(organization_id, Q())


def refresh_missing_figures(organization_id: UUID) -> None:
    """Of runs that name a machine and have none yet."""
    _refresh_uses(organization_id, ~Q(Exists(RunFigure.objects.filter(run_id=OuterRef("run_id")))))


def _refresh_uses(organization_id: UUID, chosen: Q) -> None:
    uses = ComputeUse.objects.filter(chosen, organization_id=organization_id).order_by("run_id")
    run_ids = list(uses.values_list("run_id", flat=True))
    for first in range(0, len(run_ids), BATCH_RUNS):
        _refresh(organization_id, run_ids[first : first + BATCH_RUNS])


def _refresh(organization_id: UUID, run_ids: Sequence[UUID]) -> None:
    """What is stored and says the same stays untouched."""
    wanted = {(row.run_id, row.place): row for row in _list_figures(organization_id, run_ids)}
    stored = {(row.run_id, row.place): row for row in RunFigure.objects.filter(run_id__in=run_ids)}
    stale = [row.id for place, row in stored.items() if place not in wanted or not _agree(row, wanted[place])]
    RunFigure.objects.filter(id__in=stale).delete()
    RunFigure.objects.bulk_create(_list_new(wanted, stored), batch_size=BATCH_RUNS)


def _list_new(wanted: Mapping[Place, RunFigure], stored: Mapping[Place, RunFigure]) -> Iterator[RunFigure]:
    for place, row in wanted.items():
        if place not in stored or not _agree(stored[place], row):
            yield row


def _agree(one: RunFigure, other: RunFigure) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in VALUES)


def _list_figures(organization_id: UUID, run_ids: Sequence[UUID]) -> Iterator[RunFigure]:
    views = view_runs(organization_id, Q(run_id__in=run_ids), at=now())
    for use in ComputeUse.objects.filter(run_id__in=run_ids).select_related("run"):
        if use.ended_at is None:
            yield _figure(use, views[use.run_id], per_hour=_rate(use), is_live=True)
            continue
        figures = views[use.run_id].figures
        yield _figure(use, views[use.run_id], amount=figures[0].amount if figures else None)
        for place, money in enumerate(figures[1:], start=1):
            yield _figure(use, views[use.run_id], amount=money.amount, currency=money.currency, place=place)


def _figure(use: ComputeUse, view: RunCostView, **values: object) -> RunFigure:
    return RunFigure(
        organization_id=use.organization_id,
        run_id=use.run_id,
        experiment_id=use.run.experiment_id,
        state=view.state,
        started_at=use.started_at,
        **{"currency": view.currency or "", **values},
    )


def _rate(use: ComputeUse) -> Decimal | None:
    price = price_of_hour(use)
    return price.times(use.share).amount if price else None
