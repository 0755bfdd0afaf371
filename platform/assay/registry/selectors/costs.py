"""Dollars of models: what the runs behind their versions cost."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from assay.costs.domain.run_costs import ExperimentCost, sum_views
from assay.costs.selectors.run_costs import costs_of_runs
from assay.registry.models import ModelVersion


def costs_of_models(organization_id: UUID, model_ids: Collection[UUID]) -> dict[UUID, ExperimentCost]:
    """Per model that was asked for, the sum over the runs that made its versions, each run once. Four queries in all."""
    runs: dict[UUID, set[UUID]] = defaultdict(set)
    rows = ModelVersion.objects.filter(organization_id=organization_id, model_id__in=model_ids, run_id__isnull=False)
    for model_id, run_id in rows.values_list("model_id", "run_id").distinct():
        runs[model_id].add(run_id)
    costs = costs_of_runs(organization_id, set().union(*runs.values()))
    return {model_id: sum_views([costs[run_id] for run_id in runs.get(model_id, ())]) for model_id in model_ids}
