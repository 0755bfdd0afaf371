"""Runs are found by what they logged, in a total order, page by page."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from assay.core import tenancy
from assay.tracking.domain.errors import FilterRefused, PageTokenRefused
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.states import RunStatus, Visibility
from assay.tracking.domain.values import DatasetUse, DatasetView, ExperimentView, MetricPoint
from assay.tracking.selectors import run_search
from assay.tracking.selectors.runs import count_runs, list_runs
from assay.tracking.services import experiments, runs
from tests.factories.statements import noted_statements

START = datetime(2026, 3, 1, tzinfo=UTC)
Search = Callable[..., list[str]]


@pytest.fixture
def search(ada: UUID, experiment: ExperimentView) -> Search:
    """Four runs a, b, c, d, each an hour after the one before; returns the names that a query finds."""
    losses = {"a": 0.5, "b": math.nan, "c": 0.25}
    for hour, name in enumerate("abcd"):
        run = runs.create_run(
            ada, experiment_id=experiment.id, name=name, user_name=f"user {name}", started_at=START + timedelta(hours=hour)
        )
        points = [MetricPoint("loss", losses[name], 1, 1), MetricPoint("loss", 9.0, 0, 1)] if name in losses else []
        params = {"model": f"svc_{name}", "odd key": "100%"} if name != "d" else {}
        tags = {"team": "vision" if name < "c" else "Speech"} if name != "d" else {}
        runs.log_batch(ada, run.id, metrics=points, params=params, tags=tags)
    runs.update_run(ada, run.id, status=RunStatus.FINISHED, ended_at=START + timedelta(days=1))
    dataset = DatasetUse(DatasetView("digits", "abc", "code", "{}"), "training", {})
    runs.log_inputs(ada, run.id, datasets=[dataset])

    def find(filter: str = "", **query: object) -> list[str]:
        asked = RunQuery(experiment_ids=(experiment.id,), filter=filter, **query)  # type: ignore[arg-type]  # a case's own words
        found = [run.name for run in list_runs(ada, asked).runs]
        assert count_runs(ada, asked) == len(found)
        return found

    return find


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ("", "dcba"),
        ("metrics.loss < 0.5", "c"),
        ("metrics.loss >= 0.25", "ca"),
        ("metric.loss != 0.5", "cb"),
        ("metrics.loss = 0.5", "a"),
        ("metrics.loss > -1 AND metrics.loss < 1e3", "ca"),
        ("metrics.never > 0", ""),
        ("params.model = 'svc_a'", "a"),
        ("params.model != 'svc_a'", "cb"),
        ("param.model LIKE 'svc%'", "cba"),
        ("params.model LIKE 'SVC%'", ""),
        ("parameters.model ILIKE 'SVC\\_a'", ""),
        ("params.model ILIKE 'SVC_A'", "a"),
        ("params.`odd key` = '100%'", "cba"),
        ("params.\"odd key\" LIKE '100%'", "cba"),
        ("params.model IS NULL", "d"),
        ("params.model IS NOT NULL", "cba"),
        ("tags.team ILIKE 'speech' and params.model != 'x'", "c"),
        ("tag.team is null", "d"),
        ("attributes.status = 'FINISHED'", "d"),
        ("status != 'FINISHED'", "cba"),
        ("run_name IN ('a', 'd', 'zz')", "da"),
        ("attr.run_name NOT IN ('a', 'd')", "cb"),
        ("attributes.`run name` LIKE '_'", "dcba"),
        ("run.user_id = 'user b'", "b"),
        (f"start_time >= {int(START.timestamp() * 1000) + 7_200_000}", "dc"),
        (f"attributes.created < {int(START.timestamp() * 1000) + 1}", "a"),
        ("end_time > 0", "d"),
        ("end_time < 1e300", "d"),
        ("artifact_uri LIKE 'assay-artifacts:/%/artifacts'", "dcba"),
        ("datasets.name = 'digits' AND dataset.context = 'training'", "d"),
        ("datasets.digest NOT IN ('abc')", ""),
        ("tags.team = 'it''s'", ""),
    ],
)
def test_a_filter_finds_exactly(search: Search, filter: str, names: str) -> None:
    assert search(filter) == list(names)


def test_a_run_is_found_by_its_id(ada: UUID, search: Search, experiment: ExperimentView) -> None:
    first = list_runs(ada, RunQuery(limit=1)).runs[0]
    assert search(f"run_id = '{first.id.hex}'") == [first.name]
    assert search(f"attributes.run_id IN ('{first.id.hex}', 'nobody')") == [first.name]
    assert first.name not in search(f"run_id != '{first.id.hex}'")


@pytest.mark.parametrize(
    ("order_by", "names"),
    [
        (("metrics.loss",), "cabd"),
        (("metrics.loss DESC",), "acbd"),
        (("params.model DESC",), "cbad"),
        (("tags.team", "start_time"), "cabd"),
        (("tags.team",), "cbad"),
        (("attributes.start_time ASC",), "abcd"),
        (("end_time",), "dcba"),
        (("run_name DESC",), "dcba"),
        (("status desc", "metrics.loss"), "cabd"),
        (("metrics.never",), "dcba"),
    ],
)
def test_an_order_is_total_with_what_is_missing_last(search: Search, order_by: tuple[str, ...], names: str) -> None:
    assert search(order_by=order_by) == list(names)


@pytest.mark.parametrize(
    "order_by", [(), ("metrics.loss",), ("metrics.loss DESC",), ("tags.team", "params.model DESC"), ("end_time",)]
)
def test_pages_join_to_the_whole(ada: UUID, search: Search, experiment: ExperimentView, order_by: tuple[str, ...]) -> None:
    whole, joined, token = search(order_by=order_by), list[str](), ""
    for _ in whole:
        page = list_runs(ada, RunQuery((experiment.id,), order_by=order_by, limit=1, page_token=token))
        joined += [run.name for run in page.runs]
        token = page.next_page_token or ""
    assert (joined, token) == (whole, "")


@pytest.mark.parametrize("order_by", ["metrics.loss ASC", "metrics.loss DESC"])
def test_of_many_equals_the_newest_comes_first(
    ada: UUID, experiment: ExperimentView, order_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_search, "REACH", 2)
    for hour in (5, 0, 1, 2, 3, 4):
        run = runs.create_run(ada, experiment_id=experiment.id, name=str(hour), started_at=START + timedelta(hours=hour))
        runs.log_batch(ada, run.id, metrics=[MetricPoint("loss", 0.5, 1, 1)])
    found = list_runs(ada, RunQuery((experiment.id,), order_by=(order_by,), limit=2)).runs
    assert [run.name for run in found] == ["5", "4"]


def test_a_run_that_starts_meanwhile_shifts_no_page(ada: UUID, search: Search, experiment: ExperimentView) -> None:
    first = list_runs(ada, RunQuery((experiment.id,), limit=2))
    runs.create_run(ada, experiment_id=experiment.id, name="new", started_at=START + timedelta(days=9))
    second = list_runs(ada, RunQuery((experiment.id,), limit=2, page_token=first.next_page_token or ""))
    assert [run.name for run in (*first.runs, *second.runs)] == ["d", "c", "b", "a"]


@pytest.mark.parametrize(
    "token",
    [
        "garbage",
        "e30",
        "bnVsbA",
        "W10",
        "WyJhIiwgW11d",
        "é",
        "[" * 5_000,
        "W1sxLDJdLFtdXQ",
    ],
)
def test_a_token_that_is_not_ours_is_refused(ada: UUID, search: Search, token: str) -> None:
    with pytest.raises(PageTokenRefused):
        list_runs(ada, RunQuery(page_token=token))


def test_a_token_of_another_question_is_refused(ada: UUID, search: Search) -> None:
    token = list_runs(ada, RunQuery(limit=1)).next_page_token or ""
    for query in (RunQuery(page_token=token, filter="run_name = 'a'"), RunQuery(page_token=token, order_by=("run_name",))):
        with pytest.raises(PageTokenRefused):
            list_runs(ada, query)


@pytest.mark.parametrize(
    "filter",
    [
        "metrics.loss",
        "metrics.loss >",
        "metrics.loss > 'x'",
        "metrics.loss LIKE 'x'",
        "params.model = x",
        "params.model > 'x'",
        "params.model IN ('x')",
        "unknown = 'x'",
        "nothing.key = 'x'",
        "datasets.size = '1'",
        "status = 'a' OR status = 'b'",
        "(status = 'a')",
        "NOT status = 'a'",
        "status = 'a' AND",
        "status = 'a",
        "status IN ()",
        "status IN ('a'",
        "status = 'a\x00'",
        "status IS NULL",
        "; DROP TABLE tracking_run",
    ],
)
def test_what_is_no_search_is_refused(search: Search, filter: str) -> None:
    with pytest.raises(FilterRefused):
        search(filter)


@pytest.mark.parametrize(
    "order_by", [("metrics.a", "metrics.a DESC"), ("datasets.name",), ("run_name UP",), ("",), ("status a b",)]
)
def test_what_is_no_order_is_refused(search: Search, order_by: tuple[str, ...]) -> None:
    with pytest.raises(FilterRefused):
        search(order_by=order_by)


def test_deleted_runs_are_shown_when_asked_for(ada: UUID, search: Search, experiment: ExperimentView) -> None:
    gone = list_runs(ada, RunQuery((experiment.id,), limit=1)).runs[0]
    runs.delete_run(ada, gone.id)
    assert search() == ["c", "b", "a"]
    assert search(view=Visibility.DELETED_ONLY) == ["d"]
    assert search(view=Visibility.ALL) == ["d", "c", "b", "a"]


def test_experiments_are_kept_apart_or_joined(ada: UUID, search: Search) -> None:
    other = experiments.create_experiment(ada, name="other")
    runs.create_run(ada, experiment_id=other.id, name="z")
    assert [run.name for run in list_runs(ada, RunQuery((other.id,))).runs] == ["z"]
    assert list_runs(ada, RunQuery(())).runs == ()
    assert count_runs(ada, RunQuery()) == 5


def test_a_stranger_counts_nothing(eve: UUID, search: Search, experiment: ExperimentView) -> None:
    with tenancy.scope(eve):
        assert list_runs(eve, RunQuery((experiment.id,))).runs == ()
        assert count_runs(eve, RunQuery()) == 0


def test_a_list_costs_the_same_however_long(ada: UUID, search: Search) -> None:
    costs = []
    for limit in (1, 4):
        with noted_statements() as executed:
            list_runs(ada, RunQuery(filter="status != 'KILLED'", order_by=("metrics.loss",), limit=limit))
        costs.append(len(executed))
    assert costs[1] <= costs[0] <= 6
