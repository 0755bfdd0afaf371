"""Making and changing experiments."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from assay.accounts.selectors.teams import get_team
from assay.accounts.services import audit
from assay.core.clock import now
from assay.core.ids import new_id
from assay.core.signals import run_changed, send_after_commit
from assay.tracking.domain.artifacts import locate_experiment
from assay.tracking.domain.errors import ExperimentNameTaken, ExperimentNotFound, NotActive, TagNotFound
from assay.tracking.domain.instants import floor_to_millisecond
from assay.tracking.domain.limits import (
    EXPERIMENT_TAG_LENGTH,
    LOCATION_LENGTH,
    check_experiment_name,
    check_length,
    check_texts,
)
from assay.tracking.domain.states import LifecycleStage
from assay.tracking.domain.values import ExperimentView
from assay.tracking.models import Experiment, ExperimentNumbers, ExperimentTag, Run
from assay.tracking.selectors import experiments as selectors
from assay.tracking.services.locks import check_undo, lock_experiment_numbers

DEFAULT_NUMBER = 0
DEFAULT_NAME = "Default"

Change = dict[str, datetime | str | None]


def create_experiment(
    organization_id: UUID,
    *,
    name: str,
    artifact_location: str = "",
    tags: Mapping[str, str] | None = None,
    team_id: UUID | None = None,
) -> ExperimentView:
    """artifact_location: an address of the client's own storage, or empty for ours. team_id: whose it becomes.

    raises: ExperimentNameTaken, also by a deleted one and by another team's; NotFound for the team; Invalid.
    """
    if team_id is not None:
        get_team(organization_id, team_id)
    check_experiment_name(name)
    check_length(artifact_location, LOCATION_LENGTH, what="The artifact location")
    check_texts(tags or {}, kind="experiment tag", limit=EXPERIMENT_TAG_LENGTH)
    with transaction.atomic():
        lock_experiment_numbers(organization_id)
        _check_name_free(organization_id, name)
        experiment = _insert(
            organization_id,
            number=_last_number(organization_id) + 1,
            name=name,
            artifact_location=artifact_location,
            team_id=team_id,
        )
        rows = [
            ExperimentTag(organization_id=organization_id, experiment_id=experiment.id, key=key, value=value)
            for key, value in (tags or {}).items()
        ]
        ExperimentTag.objects.bulk_create(rows)
    return selectors.get_experiment(organization_id, experiment.id)


def ensure_default_experiment(organization_id: UUID) -> ExperimentView:
    """Experiment 0, made when it is first needed. A name taken in the meantime gets a number after it."""
    found = selectors.find_experiment_by_number(organization_id, DEFAULT_NUMBER)
    if found is not None:
        return found
    with transaction.atomic():
        lock_experiment_numbers(organization_id)
        if not Experiment.objects.filter(number=DEFAULT_NUMBER).exists():
            taken = Experiment.objects.filter(name=DEFAULT_NAME).exists()
            name = f"{DEFAULT_NAME} {DEFAULT_NUMBER}" if taken else DEFAULT_NAME
            _insert(organization_id, number=DEFAULT_NUMBER, name=name)
    return ensure_default_experiment(organization_id)


def rename_experiment(organization_id: UUID, experiment_id: UUID, *, name: str) -> None:
    """raises: ExperimentNotFound, NotActive, ExperimentNameTaken, Invalid."""
    check_experiment_name(name)
    with transaction.atomic():
        lock_experiment_numbers(organization_id)
        experiment = _lock(organization_id, experiment_id, stage=LifecycleStage.ACTIVE)
        if experiment.name == name:
            return
        _check_name_free(organization_id, name)
        Experiment.objects.filter(id=experiment_id).update(name=name, updated_at=_at())


def delete_experiment(organization_id: UUID, experiment_id: UUID, *, actor_id: UUID | None = None) -> None:
    """Softly, for 7 days, with its active runs. actor_id: the user, for the audit log. raises: ExperimentNotFound, NotActive."""
    with transaction.atomic():
        experiment = _lock(organization_id, experiment_id, stage=LifecycleStage.ACTIVE)
        change: Change = {"lifecycle_stage": LifecycleStage.DELETED, "deleted_at": now()}
        Experiment.objects.filter(id=experiment_id).update(updated_at=_at(), **change)
        _change_runs(organization_id, experiment_id, LifecycleStage.ACTIVE, None, change)
        _record(experiment, "experiment.deleted", actor_id)


def restore_experiment(organization_id: UUID, experiment_id: UUID, *, actor_id: UUID | None = None) -> None:
    """With the runs that were deleted together with it, and not those deleted before. actor_id: the user, for the audit log.

    raises: ExperimentNotFound, NotActive; UndoExpired 7 days after its deletion.
    """
    with transaction.atomic():
        experiment = _lock(organization_id, experiment_id, stage=LifecycleStage.DELETED)
        check_undo("experiment", experiment.name, experiment.deleted_at)
        change: Change = {"lifecycle_stage": LifecycleStage.ACTIVE, "deleted_at": None}
        Experiment.objects.filter(id=experiment_id).update(updated_at=_at(), **change)
        _change_runs(organization_id, experiment_id, LifecycleStage.DELETED, experiment.deleted_at, change)
        _record(experiment, "experiment.restored", actor_id)


def set_experiment_tag(organization_id: UUID, experiment_id: UUID, *, key: str, value: str) -> None:
    """raises: ExperimentNotFound, NotActive, Invalid."""
    check_texts({key: value}, kind="experiment tag", limit=EXPERIMENT_TAG_LENGTH)
    with transaction.atomic():
        _lock(organization_id, experiment_id, stage=LifecycleStage.ACTIVE)
        row = ExperimentTag(organization_id=organization_id, experiment_id=experiment_id, key=key, value=value)
        ExperimentTag.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["experiment_id", "key"], update_fields=["value"]
        )
        Experiment.objects.filter(id=experiment_id).update(updated_at=_at())


def delete_experiment_tag(organization_id: UUID, experiment_id: UUID, *, key: str) -> None:
    """raises: ExperimentNotFound, NotActive, TagNotFound."""
    with transaction.atomic():
        experiment = _lock(organization_id, experiment_id, stage=LifecycleStage.ACTIVE)
        deleted, _ = ExperimentTag.objects.filter(experiment_id=experiment_id, key=key).delete()
        if not deleted:
            raise TagNotFound("experiment", str(experiment.number), key=key)
        Experiment.objects.filter(id=experiment_id).update(updated_at=_at())


def _insert(
    organization_id: UUID, *, number: int, name: str, artifact_location: str = "", team_id: UUID | None = None
) -> Experiment:
    at = _at()
    return Experiment.objects.create(
        id=new_id(),
        organization_id=organization_id,
        number=number,
        name=name,
        team_id=team_id,
        artifact_location=artifact_location or locate_experiment(number),
        created_at=at,
        updated_at=at,
    )


def _last_number(organization_id: UUID) -> int:
    """Of all experiments that there are or were."""
    last: int = Experiment.objects.aggregate(last=Max("number", default=DEFAULT_NUMBER))["last"]
    purged = ExperimentNumbers.objects.filter(organization_id=organization_id).values_list("highest", flat=True)
    return max([last, *purged])


def _lock(organization_id: UUID, experiment_id: UUID, *, stage: LifecycleStage) -> Experiment:
    rows = Experiment.objects.filter(organization_id=organization_id, id=experiment_id)
    experiment = rows.select_for_update(no_key=True).first()
    if experiment is None:
        raise ExperimentNotFound(experiment_id)
    if experiment.lifecycle_stage != stage:
        raise NotActive("experiment", str(experiment.number), required=stage, stage=experiment.lifecycle_stage)
    return experiment


def _check_name_free(organization_id: UUID, name: str) -> None:
    if Experiment.objects.filter(organization_id=organization_id, name=name).exists():
        raise ExperimentNameTaken(name)


def _change_runs(
    organization_id: UUID,
    experiment_id: UUID,
    stage: LifecycleStage,
    deleted_at: datetime | None,
    change: Change,
) -> None:
    rows = Run.objects.filter(experiment_id=experiment_id, lifecycle_stage=stage, deleted_at=deleted_at)
    run_ids = list(rows.order_by("id").select_for_update(no_key=True).values_list("id", flat=True))
    Run.objects.filter(id__in=run_ids).update(**change)
    for run_id in run_ids:
        send_after_commit(run_changed, organization_id=organization_id, run_id=run_id)


def _record(experiment: Experiment, action: str, actor_id: UUID | None) -> None:
    details = {"number": experiment.number}
    audit.record(experiment.organization_id, actor_id=actor_id, action=action, subject=experiment.name, details=details)


def _at() -> datetime:
    return floor_to_millisecond(now())
