"""Experiments and runs with their dollars under /api/v1."""

import pytest
from django.test import Client

from assay.accounts.domain.roles import Permission
from assay.accounts.models import Organization
from assay.tracking.domain.values import ExperimentView, MetricPoint, RunView
from assay.tracking.services import runs
from tests.factories.callers import Caller
from tests.factories.tokens import bearer
from tests.unit.portal.conftest import inside


@pytest.fixture
def api(organization: Organization) -> Caller:
    return Caller(bearer(organization, [Permission.TRACKING_READ]))


def test_a_run_carries_metrics_and_exact_dollars(api: Caller, run: RunView) -> None:
    found = api("GET", f"runs/{run.id}", 200)
    assert found["metrics"]["accuracy"]["value"] == 0.9
    assert found["cost"]["state"] == "estimate"
    assert found["cost"]["amount"] == {"amount": "0.096000000000000", "currency": "USD"}
    assert api("GET", f"runs/{run.id.hex}", 200)["id"] == str(run.id)


def test_runs_are_listed_by_experiment_filter_and_order(api: Caller, run: RunView) -> None:
    for experiment in ("digits", "1"):
        listed = api(
            "GET", f"runs?experiment={experiment}&filter=metrics.accuracy%20%3E%200.5&order_by=metrics.accuracy%20DESC", 200
        )
        assert [item["name"] for item in listed["items"]] == ["first"]
    assert api("GET", "runs?filter=metrics.accuracy%20%3C%200.5", 200)["items"] == []


def test_what_cannot_be_read_or_found_says_so(api: Caller, run: RunView) -> None:
    assert api("GET", "runs?filter=nonsense%20%3E", 400)["error"]["code"]
    api("GET", "runs?experiment=nowhere", 404)
    api("GET", "runs?limit=0", 400)


def test_experiments_carry_their_runs_and_dollars(api: Caller, experiment: ExperimentView, run: RunView) -> None:
    [found] = api("GET", "experiments", 200)["items"]
    assert (found["name"], found["run_count"]) == ("digits", 1)
    assert found["costs"] == [{"amount": "0.096000000000000", "currency": "USD"}]


def test_the_history_of_a_metric_is_given_whole_page_by_page(api: Caller, organization: Organization, run: RunView) -> None:
    points = [MetricPoint("a/b", float(step), step, step) for step in range(3)] + [MetricPoint("a/b", float("nan"), 3, 3)]
    with inside(organization):
        runs.log_batch(organization.id, run.id, metrics=points, params={}, tags={})
    first = api("GET", f"runs/{run.id}/metrics/a/b?limit=3", 200)
    rest = api("GET", f"runs/{run.id}/metrics/a/b?limit=3&cursor={first['next_cursor']}", 200)
    assert [item["value"] for item in first["items"]] == [0.0, 1.0, 2.0]
    assert [(item["value"], item["value_text"]) for item in rest["items"]] == [(None, "nan")]
    assert rest["next_cursor"] is None


def test_a_metric_from_afar_has_its_extremes_and_its_mean(api: Caller, organization: Organization, run: RunView) -> None:
    with inside(organization):
        runs.log_batch(organization.id, run.id, metrics=[MetricPoint("a/b", float(step), step, step) for step in range(6)])
    found = api("GET", f"runs/{run.id}/envelopes/a/b?stretches=2", 200)
    assert (found["steps"], found["minima"], found["maxima"], found["means"]) == ([0, 3], [0.0, 3.0], [2.0, 5.0], [1.0, 4.0])
    assert api("GET", f"runs/{run.id}/envelopes/unknown", 200)["steps"] == []


def test_a_stretch_of_steps_is_seen_more_closely(api: Caller, organization: Organization, run: RunView) -> None:
    with inside(organization):
        runs.log_batch(organization.id, run.id, metrics=[MetricPoint("a", float(step), step, step) for step in range(90)])
    found = api("GET", f"runs/{run.id}/envelopes/a?stretches=3&from_step=10&to_step=12", 200)
    assert (found["steps"], found["means"], found["counts"]) == ([10, 11, 12], [10.0, 11.0, 12.0], [1, 1, 1])
    assert api("GET", f"runs/{run.id}/envelopes/a?from_step=12&to_step=10", 200)["steps"] == []
    api("GET", f"runs/{run.id}/envelopes/a?from_step={2**63}", 400)


def test_a_strangers_token_finds_nothing(eve: Client, run: RunView) -> None:
    assert eve.get(f"/api/v1/runs/{run.id}").status_code == 404
    assert eve.get("/api/v1/runs").json()["items"] == []
