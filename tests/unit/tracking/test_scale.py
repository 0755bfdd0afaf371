"""The generator of many runs makes runs like any other."""

import pytest

from assay.core import tenancy
from assay.core.ids import new_id
from assay.costs.selectors.run_costs import costs_of_runs
from assay.tracking.domain.queries import RunQuery
from assay.tracking.selectors.metrics import list_metric_keys, list_param_keys, list_tag_keys
from assay.tracking.selectors.runs import count_runs, list_runs
from assay.tracking.services import runs
from tests.factories.organizations import found_organization
from tests.factories.scale import Scale, fill_experiment, run_id_of


@pytest.mark.django_db
def test_generated_runs_are_found_whole_with_metrics_params_and_dollars() -> None:
    organization_id = found_organization().id
    with tenancy.scope(organization_id):
        experiment_id = fill_experiment(organization_id, Scale(runs=30, metrics=3, params=4))
        query = RunQuery(experiment_ids=(experiment_id,), limit=1)
        [newest] = list_runs(organization_id, query).runs
        assert count_runs(organization_id, query) == 30
        assert (newest.id, newest.name) == (run_id_of(experiment_id, 29), "run-000029")
        assert (len(newest.metrics), len(newest.params)) == (3, 4)
        assert costs_of_runs(organization_id, [newest.id])[newest.id].amount is not None
        assert costs_of_runs(organization_id, [run_id_of(experiment_id, 10)])[run_id_of(experiment_id, 10)].amount is None


@pytest.mark.django_db
def test_the_keys_of_an_experiment_are_those_that_any_run_uses() -> None:
    organization_id = found_organization().id
    with tenancy.scope(organization_id):
        experiment_id = fill_experiment(organization_id, Scale(runs=3, metrics=2, params=2))
        runs.log_batch(organization_id, run_id_of(experiment_id, 0), params={"aaa": "x" * 500, "zzz": "1"})
        assert list_metric_keys(organization_id, experiment_id) == ["metric_01", "metric_02"]
        assert list_param_keys(organization_id, experiment_id) == ["aaa", "param_01", "param_02", "zzz"]
        assert list_tag_keys(organization_id, new_id()) == []
