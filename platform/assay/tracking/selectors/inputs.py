"""Reads of what runs used and made: datasets and logged models."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from assay.core.statements import execute_prepared, list_uuids
from assay.tracking.domain.states import ModelRole
from assay.tracking.domain.values import DatasetUse, DatasetView, ModelUse, RunLinks
from assay.tracking.models import RunInput, RunModel

# Most runs have neither; asking for that first saves two larger statements.
_LINKED = """
SELECT run_id FROM tracking_runinput WHERE run_id = ANY(%(runs)s::uuid[]) AND organization_id = %(organization)s
UNION SELECT run_id FROM tracking_runmodel WHERE run_id = ANY(%(runs)s::uuid[]) AND organization_id = %(organization)s
"""


def links_of_runs(organization_id: UUID, run_ids: Sequence[UUID]) -> dict[UUID, RunLinks]:
    """Datasets and models per run; a run without any has no entry."""
    if not run_ids:
        return {}
    with execute_prepared(_LINKED, {"organization": organization_id, "runs": list_uuids(run_ids)}) as cursor:
        run_ids = [row[0] for row in cursor.fetchall()]
    if not run_ids:
        return {}
    datasets: dict[UUID, list[DatasetUse]] = defaultdict(list)
    for row in (
        RunInput.objects.filter(organization_id=organization_id, run_id__in=run_ids).select_related("dataset").order_by("id")
    ):
        data = row.dataset
        view = DatasetView(data.name, data.digest, data.source_type, data.source, data.schema, data.profile)
        datasets[row.run_id].append(DatasetUse(view, row.context, row.tags))
    models: dict[UUID, list[ModelUse]] = defaultdict(list)
    for link in RunModel.objects.filter(organization_id=organization_id, run_id__in=run_ids).order_by("id"):
        models[link.run_id].append(ModelUse(link.model_id, ModelRole(link.role), link.step))
    return {run_id: RunLinks(tuple(datasets[run_id]), tuple(models[run_id])) for run_id in {*datasets, *models}}


def list_dataset_summaries(
    organization_id: UUID, experiment_ids: Sequence[UUID], *, limit: int = 1_000
) -> list[tuple[UUID, str, str, str]]:
    """(experiment id, name, digest, context) of each distinct use, by name."""
    rows = RunInput.objects.filter(organization_id=organization_id, dataset__experiment_id__in=experiment_ids)
    columns = ("dataset__experiment_id", "dataset__name", "dataset__digest", "context")
    return list(rows.order_by(*columns[1:]).values_list(*columns).distinct()[:limit])
