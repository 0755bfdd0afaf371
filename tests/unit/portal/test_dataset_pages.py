"""Datasets: their versions, the runs that used them, the models that came of those, and what it all cost."""

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.accounts.models import Organization
from assay.core import tenancy
from assay.costs.selectors.run_costs import costs_of_runs
from assay.portal.selectors.datasets import read_dataset, read_datasets
from assay.tracking.domain.values import DatasetUse, DatasetView, ExperimentView, RunView
from assay.tracking.services import experiments, runs
from assay.tracking.services.logged_models import create_logged_model
from tests.factories.callers import Caller
from tests.factories.runs import finish_run
from tests.factories.tokens import bearer
from tests.unit.portal.conftest import START, inside

SCHEMA = '{"mlflow_colspec": [{"name": "age", "type": "long"}]}'


def use(name: str, digest: str, context: str = "training") -> DatasetUse:
    view = DatasetView(name, digest, "s3", f"s3://lake/{name}/{digest}", SCHEMA, '{"num_rows": 10}')
    return DatasetUse(view, context, {"mlflow.data.context": context})


@pytest.fixture
def twin(organization: Organization, experiment: ExperimentView, run: RunView) -> RunView:
    """Run `first` used sales v1, its twin used v1 and v2; the twin lies in another experiment."""
    with inside(organization):
        other = experiments.create_experiment(organization.id, name="other")
        second = finish_run(organization.id, other.id, name="second", started_at=START, hours=3)
        runs.log_inputs(organization.id, run.id, datasets=[use("sales/eu", "v1")])
        runs.log_inputs(organization.id, second.id, datasets=[use("sales/eu", "v1", "test"), use("sales/eu", "v2")])
    return second


def test_a_name_is_one_dataset_over_all_experiments_and_a_run_counts_once(
    organization: Organization, run: RunView, twin: RunView
) -> None:
    with inside(organization):
        [row] = read_datasets(organization.id)
        costs = costs_of_runs(organization.id, [run.id, twin.id])
    assert (row.dataset.name, row.dataset.versions, row.dataset.runs) == ("sales/eu", 2, 2)
    assert [money.amount for money in row.amounts] == [sum(cost.amount or 0 for cost in costs.values())]


def test_the_versions_tell_who_used_them_and_for_what(organization: Organization, run: RunView, twin: RunView) -> None:
    with inside(organization):
        found = read_dataset(organization.id, "sales/eu")
    assert {row.version.digest: row.version.runs for row in found.versions} == {"v1": 2, "v2": 1}
    uses = {(one.experiment_name, one.digest, one.context) for one in found.uses}
    assert uses == {("digits", "v1", "training"), ("other", "v1", "test"), ("other", "v2", "training")}
    assert [column.name for column in found.profile.columns] == ["age"]


def test_models_that_came_of_a_dataset_are_listed_once(
    organization: Organization, experiment: ExperimentView, run: RunView, twin: RunView
) -> None:
    with inside(organization):
        create_logged_model(organization.id, experiment_id=twin.experiment_id, name="ranker", source_run_id=twin.id)
        create_logged_model(organization.id, experiment_id=experiment.id, name="unrelated", source_run_id=None)
        models = read_dataset(organization.id, "sales/eu").models
    assert [(one.name, one.run_id) for one in models] == [("ranker", twin.id)]


def test_the_page_leads_to_the_runs_that_used_a_version(ada: Client, run: RunView, twin: RunView) -> None:
    page = ada.get(reverse("dataset"), {"name": "sales/eu", "digest": "v2"}).text
    assert "Columns of v2" in page
    narrowed = ada.get(
        reverse("experiment", args=[twin.experiment_number]),
        {"filter": "datasets.name = 'sales/eu' AND datasets.digest = 'v2'"},
    ).text
    assert ">second</a>" in narrowed
    assert "datasets.digest" in page


def test_the_list_is_searched_by_words(ada: Client, run: RunView, twin: RunView) -> None:
    assert "sales/eu" in ada.get(reverse("datasets"), {"q": "LES/"}).text
    assert "No dataset" in ada.get(reverse("datasets"), {"q": "nothing\x00"}).text


def test_an_organization_without_datasets_is_told_how_they_come(ada: Client) -> None:
    assert "log_input" in ada.get(reverse("datasets")).text


def test_a_stranger_finds_no_dataset(eve: Client, organization: Organization, run: RunView, twin: RunView) -> None:
    assert eve.get(reverse("dataset"), {"name": "sales/eu"}).status_code == 404
    assert "sales/eu" not in eve.get(reverse("datasets")).text


def test_datasets_are_read_through_the_api(organization: Organization, run: RunView, twin: RunView) -> None:
    api = Caller(bearer(organization, [Permission.TRACKING_READ]))
    [item] = api("GET", "datasets?search=sales", 200)["items"]
    assert (item["name"], item["runs"], item["costs"][0]["currency"]) == ("sales/eu", 2, "USD")
    details = api("GET", "datasets/details?name=sales/eu", 200)
    assert {version["digest"] for version in details["versions"]} == {"v1", "v2"}
    api("GET", "datasets/details?name=nothing", 404)
    api("GET", "datasets/details", 400)


def test_what_a_deleted_run_cost_still_counts(organization: Organization, run: RunView, twin: RunView) -> None:
    with tenancy.scope(organization.id):
        before = read_datasets(organization.id)[0].amounts
        runs.delete_run(organization.id, twin.id)
        assert read_datasets(organization.id)[0].amounts == before
