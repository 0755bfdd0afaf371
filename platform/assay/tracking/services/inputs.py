"""What a run used and made: datasets in, logged models in and out."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from assay.core.errors import Invalid
from assay.tracking.domain.errors import LoggedModelNotFound
from assay.tracking.domain.limits import (
    DATASET_LENGTHS,
    INPUT_TAG_KEY_LENGTH,
    INPUT_TAG_LENGTH,
    check_length,
)
from assay.tracking.domain.values import DatasetUse, DatasetView, ModelUse
from assay.tracking.models import Dataset, LoggedModel, RunInput, RunModel
from assay.tracking.services.batches import note_heartbeat
from assay.tracking.services.locks import LockedRun, lock_run

DatasetKey = tuple[str, str]


def log_inputs(
    organization_id: UUID, run_id: UUID, *, datasets: Sequence[DatasetUse] = (), models: Sequence[ModelUse] = ()
) -> None:
    """Note what a run used or made. What was noted before stays as it was.

    raises: RunNotFound, NotActive, LoggedModelNotFound, Invalid.
    """
    for use in datasets:
        _check_use(use)
    with transaction.atomic():
        run = lock_run(organization_id, run_id)
        _add_datasets(run, datasets)
        _add_models(run, models)
        note_heartbeat(run)


def _check_use(use: DatasetUse) -> None:
    texts = {field: getattr(use.dataset, field) or "" for field in DATASET_LENGTHS}
    for field, text in texts.items():
        check_length(text, DATASET_LENGTHS[field], what=f"The {field} of dataset {use.dataset.name[:40]!r}")
    if not use.dataset.name or not use.dataset.digest:
        raise Invalid("A dataset needs a name and a digest.", field="dataset")
    check_length(use.context, INPUT_TAG_LENGTH, what="The context of a dataset")
    for key, value in use.tags.items():
        check_length(key, INPUT_TAG_KEY_LENGTH, what="The key of an input tag")
        check_length(value, INPUT_TAG_LENGTH, what=f"The value of input tag {key!r}")


def _add_datasets(run: LockedRun, uses: Sequence[DatasetUse]) -> None:
    if not uses:
        return
    ids = _store_datasets(run, {(use.dataset.name, use.dataset.digest): use.dataset for use in uses})
    RunInput.objects.bulk_create(
        (
            RunInput(
                organization_id=run.organization_id,
                run_id=run.id,
                dataset_id=ids[use.dataset.name, use.dataset.digest],
                context=use.context,
                tags=dict(use.tags),
            )
            for use in uses
        ),
        ignore_conflicts=True,
    )


def _store_datasets(run: LockedRun, datasets: Mapping[DatasetKey, DatasetView]) -> dict[DatasetKey, UUID]:
    """In one order everywhere, so that two runs adding the same data wait for each other and never in a circle."""
    Dataset.objects.bulk_create(
        (
            Dataset(
                organization_id=run.organization_id,
                experiment_id=run.experiment_id,
                name=name,
                digest=digest,
                source_type=datasets[name, digest].source_type,
                source=datasets[name, digest].source,
                schema=datasets[name, digest].schema,
                profile=datasets[name, digest].profile,
            )
            for name, digest in sorted(datasets)
        ),
        ignore_conflicts=True,
    )
    names = [name for name, _ in datasets]
    rows = Dataset.objects.filter(experiment_id=run.experiment_id, name__in=names).values_list("name", "digest", "id")
    return {(name, digest): dataset_id for name, digest, dataset_id in rows}


def _add_models(run: LockedRun, uses: Sequence[ModelUse]) -> None:
    if not uses:
        return
    wanted = {use.model_id for use in uses}
    found = set(LoggedModel.objects.filter(id__in=wanted, deleted_at=None).values_list("id", flat=True))
    for model_id in sorted(wanted - found):
        raise LoggedModelNotFound(model_id)
    RunModel.objects.bulk_create(
        (
            RunModel(organization_id=run.organization_id, run_id=run.id, model_id=use.model_id, role=use.role, step=use.step)
            for use in uses
        ),
        ignore_conflicts=True,
    )
