"""Holds of runs on machines: kept as their tags and times tell, and charged anew when they change."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from assay.costs.domain.uses import MachineUse, read_use
from assay.costs.models import ComputeUse
from assay.costs.services import allocation, figures, pricing
from assay.tracking.domain.values import RunView
from assay.tracking.selectors import runs

CHARGED_BY = ("resource_id", "started_at", "ended_at", "share")
"""What decides how charges are split."""


def refresh_run(organization_id: UUID, run_id: UUID) -> None:
    """Bring a run's hold, its estimate and its part of delivered bills up to date with what tracking says. Idempotent.

    A run that names no machine any more, or is gone, loses all three.
    """
    with transaction.atomic():
        allocation.lock_costs(organization_id)
        before = ComputeUse.objects.filter(organization_id=organization_id, run_id=run_id).first()
        use = find_use(runs.get_runs(organization_id, [run_id]).get(run_id))
        after = _store(organization_id, run_id, use) if use else None
        if after:
            pricing.store_estimate(after)
        elif before:
            pricing.drop_estimate(before)
            before.delete()
        _charge_again(organization_id, before, after)
        figures.refresh_run_figures(organization_id, [run_id])


def find_use(run: RunView | None) -> MachineUse | None:
    """The hold that a run describes now."""
    return read_use(run.tags, started_at=run.started_at, ended_at=run.ended_at) if run else None


def is_current(row: ComputeUse | None, use: MachineUse | None) -> bool:
    """Whether a stored hold says what the run describes now."""
    if row is None or use is None:
        return row is None and use is None
    return all(getattr(row, name) == value for name, value in _values(use).items())


def _values(use: MachineUse) -> dict[str, object]:
    return {**asdict(use.machine), "started_at": use.started_at, "ended_at": use.ended_at}


def _store(organization_id: UUID, run_id: UUID, use: MachineUse) -> ComputeUse:
    values = _values(use)
    row, _ = ComputeUse.objects.update_or_create(
        run_id=run_id, defaults=values, create_defaults={**values, "organization_id": organization_id}
    )
    return row


def _charge_again(organization_id: UUID, before: ComputeUse | None, after: ComputeUse | None) -> None:
    rows = [row for row in (before, after) if row and row.resource_id]
    if before and after and all(getattr(before, name) == getattr(after, name) for name in CHARGED_BY):
        return
    if rows:
        since: datetime = min(row.started_at for row in rows)
        resource_ids = {row.resource_id for row in rows}
        if allocation.allocate_resources(organization_id, resource_ids, since=since):
            figures.refresh_machine_figures(organization_id, resource_ids)
