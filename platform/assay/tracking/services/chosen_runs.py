"""Runs that a person chose, changed together: each act is one transaction and one entry of the audit log."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from assay.accounts.services import audit
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.core.signals import run_changed, send_after_commit
from assay.tracking.domain.errors import RunNotFound
from assay.tracking.domain.limits import TAG_LENGTH, check_texts
from assay.tracking.domain.states import LifecycleStage
from assay.tracking.models import Run
from assay.tracking.services.batches import log_batch
from assay.tracking.services.locks import share_experiment

MOST_RUNS = 1_000


def delete_runs(organization_id: UUID, run_ids: Collection[UUID], *, actor_id: UUID | None) -> list[UUID]:
    """Softly. returns: those that were active until now; deleted ones stay deleted. raises: RunNotFound, Invalid."""
    return _change_stage(organization_id, run_ids, LifecycleStage.DELETED, actor_id=actor_id)


def restore_runs(organization_id: UUID, run_ids: Collection[UUID], *, actor_id: UUID | None) -> list[UUID]:
    """returns: those that were deleted until now. raises: RunNotFound, Invalid; NotActive when an experiment is deleted."""
    return _change_stage(organization_id, run_ids, LifecycleStage.ACTIVE, actor_id=actor_id)


def tag_runs(organization_id: UUID, run_ids: Collection[UUID], *, key: str, value: str, actor_id: UUID | None) -> None:
    """Set one tag on each. raises: RunNotFound, Invalid; NotActive when one of them is deleted."""
    check_texts({key: value}, kind="tag", limit=TAG_LENGTH)
    with transaction.atomic():
        runs = _lock_runs(organization_id, run_ids)
        for run in runs:
            log_batch(organization_id, run.id, tags={key: value})
        _note(organization_id, "runs.tagged", runs, actor_id=actor_id, key=key)


def _change_stage(
    organization_id: UUID, run_ids: Collection[UUID], stage: LifecycleStage, *, actor_id: UUID | None
) -> list[UUID]:
    is_active = stage is LifecycleStage.ACTIVE
    with transaction.atomic():
        if is_active:
            _share_experiments(organization_id, run_ids)
        changed = [run for run in _lock_runs(organization_id, run_ids) if run.lifecycle_stage != stage]
        Run.objects.filter(id__in=[run.id for run in changed]).update(
            lifecycle_stage=stage, deleted_at=None if is_active else now()
        )
        for run in changed:
            send_after_commit(run_changed, organization_id=organization_id, run_id=run.id)
        if changed:
            _note(organization_id, "runs.restored" if is_active else "runs.deleted", changed, actor_id=actor_id)
    return [run.id for run in changed]


def _share_experiments(organization_id: UUID, run_ids: Collection[UUID]) -> None:
    """Experiments are locked before runs, in one order."""
    rows = Run.objects.filter(organization_id=organization_id, id__in=run_ids).order_by("experiment_id")
    for experiment_id in rows.values_list("experiment_id", flat=True).distinct():
        share_experiment(organization_id, experiment_id)


def _lock_runs(organization_id: UUID, run_ids: Collection[UUID]) -> list[Run]:
    wanted = set(run_ids)
    if not 1 <= len(wanted) <= MOST_RUNS:
        raise Invalid(f"Choose 1 to {MOST_RUNS:,} runs, not {len(wanted):,}.", field="run")
    rows = Run.objects.filter(organization_id=organization_id, id__in=wanted).order_by("id")
    runs = list(rows.select_for_update(no_key=True))
    for run_id in sorted(wanted - {run.id for run in runs}):
        raise RunNotFound(run_id)
    return runs


def _note(organization_id: UUID, action: str, runs: Collection[Run], *, actor_id: UUID | None, **details: str) -> None:
    names = [run.name for run in runs]
    subject = names[0] if len(names) == 1 else f"{len(names)} runs"
    details_of = {"run_ids": [run.id.hex for run in runs], **details}
    audit.record(organization_id, actor_id=actor_id, action=action, subject=subject, details=details_of)
