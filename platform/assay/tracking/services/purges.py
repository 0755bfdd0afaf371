"""Removing for good what was deleted 7 days ago: in steps that are bounded, committed one by one, and repeatable.

A run's content goes first, table by table; then other apps let go of it; then its row. An interrupted purge goes on where it was,
since what is to be purged is only what is due and still there. Apps that must do something before a run's row goes (costs give
its dollars back to the machine's idle time) hold it by a foreign key that RESTRICTs, and let go when they hear `run_changed`:
by then the run has no tags any more, and so names no machine.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import connection, models, transaction
from django.db.models.deletion import CASCADE, RestrictedError

from assay.accounts.services import audit
from assay.core import tenancy
from assay.core.clock import now
from assay.core.signals import run_changed, send_after_commit
from assay.tracking.domain.artifacts import locate_experiment
from assay.tracking.domain.retention import UNDO
from assay.tracking.domain.states import LifecycleStage
from assay.tracking.models import Experiment, ExperimentNumbers, LoggedModel, Run
from assay.tracking.services.artifacts import purge_artifacts
from assay.tracking.services.locks import lock_experiment_numbers
from assay.tracking.services.points import purge_points

log = structlog.get_logger(__name__)

STEP_ROWS = 10_000
FOUND_AT_ONCE = 100
PATIENCE_SECONDS = 300.0

_DELETE_SOME = """
DELETE FROM {table} WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM {table} WHERE organization_id = %s AND {column} = %s LIMIT %s
))
"""

Step = Callable[[UUID, UUID], bool]


@dataclass(frozen=True, slots=True)
class Folder:
    """Where artifacts of something lie."""

    artifact_uri: str


def purge_due() -> None:
    """Every organization's due runs, logged models and experiments, for at most five minutes; the rest is for the next time.

    Called outside a scope: each step is a transaction of its own.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    acts = (
        (list_due_runs, purge_run_step),
        (list_due_models, purge_model_step),
        (list_due_experiments, purge_experiment_step),
    )
    for organization_id in tenancy.organization_ids():
        for find, step in acts:
            with tenancy.scope(organization_id):
                due = find(organization_id)
            for one in due:
                _purge(organization_id, one, step, deadline)


def list_due_runs(organization_id: UUID) -> list[UUID]:
    """Runs whose 7 days are over, the longest deleted first, at most 100."""
    rows = Run.objects.filter(_due(organization_id)).order_by("deleted_at", "id")
    return list(rows.values_list("id", flat=True)[:FOUND_AT_ONCE])


def list_due_models(organization_id: UUID) -> list[UUID]:
    """Logged models that were deleted, not through their experiment, and whose 7 days are over, at most 100."""
    rows = LoggedModel.objects.filter(_model_due(organization_id)).order_by("deleted_at", "id")
    return list(rows.values_list("id", flat=True)[:FOUND_AT_ONCE])


def list_due_experiments(organization_id: UUID) -> list[UUID]:
    """Experiments whose 7 days are over and whose runs are gone, at most 100."""
    rows = Experiment.objects.filter(_due(organization_id), runs=None).order_by("deleted_at", "id")
    return list(rows.values_list("id", flat=True)[:FOUND_AT_ONCE])


def purge_run_step(organization_id: UUID, run_id: UUID, *, limit: int = STEP_ROWS) -> bool:
    """Remove the next rows of a due run, about limit of them, or at last the run itself.

    returns: whether to go on at once; False when the run is gone, not due, or still held by another app, which was told.
    """
    with transaction.atomic():
        run = Run.objects.filter(_due(organization_id), id=run_id).select_for_update(skip_locked=True).first()
        if run is None:
            return False
        if purge_points(organization_id, run_id, limit=limit) or _delete_some(Run, organization_id, run_id, limit=limit):
            return True
        purge_artifacts(organization_id, run)
        _remove_run(run)
    return False


def purge_model_step(organization_id: UUID, model_id: UUID, *, limit: int = STEP_ROWS) -> bool:
    """As purge_run_step, for a logged model. Versions that were registered from it stay, without its files."""
    with transaction.atomic():
        rows = LoggedModel.objects.filter(_model_due(organization_id), id=model_id)
        model = rows.select_for_update(skip_locked=True).first()
        if model is None:
            return False
        return _purge_some_of_model(model, limit=limit)


def purge_experiment_step(organization_id: UUID, experiment_id: UUID, *, limit: int = STEP_ROWS) -> bool:
    """As purge_run_step, for an experiment without runs. Its number is never given again."""
    with transaction.atomic():
        lock_experiment_numbers(organization_id)
        rows = Experiment.objects.filter(_due(organization_id), id=experiment_id)
        experiment = rows.select_for_update(skip_locked=True).first()
        if experiment is None or experiment.runs.exists():
            return False
        if _purge_some_of_models(organization_id, experiment_id, limit=limit):
            return True
        if _delete_some(Experiment, organization_id, experiment_id, limit=limit):
            return True
        if experiment.artifact_location == locate_experiment(experiment.number):
            purge_artifacts(organization_id, Folder(experiment.artifact_location))
        _remove_experiment(experiment)
    return False


def _purge(organization_id: UUID, owner_id: UUID, step: Step, deadline: float) -> None:
    going_on = True
    while going_on and time.monotonic() < deadline:
        with tenancy.scope(organization_id):
            going_on = step(organization_id, owner_id)


def _due(organization_id: UUID) -> models.Q:
    return models.Q(organization_id=organization_id, lifecycle_stage=LifecycleStage.DELETED, deleted_at__lte=now() - UNDO)


def _model_due(organization_id: UUID) -> models.Q:
    return models.Q(organization_id=organization_id, deleted_at__lte=now() - UNDO)


def _purge_some_of_models(organization_id: UUID, experiment_id: UUID, *, limit: int) -> bool:
    """Of a logged model of the experiment, one after the other. returns: whether there was one."""
    model = LoggedModel.objects.filter(organization_id=organization_id, experiment_id=experiment_id).order_by("id").first()
    if model is not None:
        _purge_some_of_model(model, limit=limit)
    return model is not None


def _purge_some_of_model(model: LoggedModel, *, limit: int) -> bool:
    """returns: whether there is more of it; False when it is gone."""
    if _delete_some(LoggedModel, model.organization_id, model.id, limit=limit):
        return True
    purge_artifacts(model.organization_id, model)
    _remove_model(model)
    return False


def _delete_some(owner: type[models.Model], organization_id: UUID, owner_id: UUID, *, limit: int) -> int:
    """Rows of one table of tracking that belong to the owner, at most limit. returns: how many; 0 when none of any is left."""
    for table, column in _tables_of(owner):
        deleted = _delete_rows(table, column, organization_id, owner_id, limit)
        if deleted:
            return deleted
    return 0


def _tables_of(owner: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Tables of tracking that go with the owner, and their column that names it: new ones are found here by themselves."""
    for relation in owner._meta.related_objects:
        table = relation.related_model
        if relation.on_delete is CASCADE and table._meta.app_label == Run._meta.app_label and table is not Run:
            yield table, relation.field.attname


def _delete_rows(table: type[models.Model], column: str, organization_id: UUID, owner_id: UUID, limit: int) -> int:
    if table._meta.related_objects:
        found = table._base_manager.filter(**{"organization_id": organization_id, column: owner_id}).values_list(
            "pk", flat=True
        )
        deleted: int = table._base_manager.filter(pk__in=list(found[: max(1, limit // 10)])).delete()[0]
        return deleted
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_SOME.format(table=table._meta.db_table, column=column), [organization_id, owner_id, limit])
        return int(cursor.rowcount)


def _remove_run(run: Run) -> None:
    organization_id, run_id = run.organization_id, run.id
    try:
        with transaction.atomic():
            run.delete()
    except RestrictedError:
        log.info("purge_waits", run_id=str(run_id))
        send_after_commit(run_changed, organization_id=organization_id, run_id=run_id)
        return
    details = {
        "run_id": run_id.hex,
        "experiment_id": str(run.experiment_id),
        "deleted_at": f"{run.deleted_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    audit.record(organization_id, actor_id=None, action="run.purged", subject=run.name, details=details)
    log.info("run_purged", run_id=str(run_id))


def _remove_model(model: LoggedModel) -> None:
    organization_id, model_id = model.organization_id, model.id
    model.delete()
    audit.record(
        organization_id, actor_id=None, action="logged_model.purged", subject=model.name, details={"model_id": model_id.hex}
    )
    log.info("logged_model_purged", model_id=str(model_id))


def _remove_experiment(experiment: Experiment) -> None:
    organization_id, number = experiment.organization_id, experiment.number
    numbers, _ = ExperimentNumbers.objects.get_or_create(organization_id=organization_id)
    numbers.highest = max(numbers.highest, number)
    numbers.save(update_fields=["highest"])
    experiment.delete()
    audit.record(
        organization_id, actor_id=None, action="experiment.purged", subject=experiment.name, details={"number": number}
    )
    log.info("experiment_purged", number=number)
