"""Experiments and runs beside their dollars."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assay.accounts.models import Organization
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import ExperimentView, MetricPoint, RunView
from assay.tracking.services import runs
from assay.tracking.services.artifacts import open_for_write
from tests.factories.runs import finish_run
from tests.unit.portal.conftest import START, inside

Add = Callable[..., RunView]


@pytest.fixture
def add(organization: Organization, experiment: ExperimentView) -> Add:
    """Another run of the experiment."""

    def made(name: str, **values: object) -> RunView:
        with inside(organization):
            return finish_run(organization.id, experiment.id, name=name, **({"started_at": START} | values))  # type: ignore[arg-type]  # the factory's own

    return made


def table(client: Client, experiment: ExperimentView, **query: str) -> str:
    return client.get(reverse("experiment", args=[experiment.number]), query).text


def read(answer: HttpResponseBase) -> str:
    """The content of a file that is sent while it is written."""
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a stream


def order_of(page: str, *names: str) -> list[str]:
    return sorted(names, key=lambda name: page.index(f">{name}</a>"))


def test_a_run_stands_in_the_table_with_metrics_and_dollars(ada: Client, experiment: ExperimentView, run: RunView) -> None:
    page = table(ada, experiment)
    assert ">first</a>" in page
    assert "chip chip-estimate" in page
    assert ">0.9</td>" in page


def test_the_table_sorts_by_dollars_both_ways_and_the_unpriced_come_last(
    ada: Client, experiment: ExperimentView, add: Add
) -> None:
    add("cheap", hours=1)
    add("dear", hours=9)
    add("free", priced=False)
    assert order_of(table(ada, experiment, sort="-cost"), "free", "cheap", "dear") == ["dear", "cheap", "free"]
    assert order_of(table(ada, experiment, sort="cost"), "free", "cheap", "dear") == ["cheap", "dear", "free"]


def test_the_table_sorts_by_any_metric(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add("low", metrics={"f1 score": 0.2})
    add("high", metrics={"f1 score": 0.8})
    assert order_of(table(ada, experiment, sort="-metric:f1 score"), "low", "high") == ["high", "low"]


def test_a_filter_that_cannot_be_read_says_what_is_wrong(ada: Client, experiment: ExperimentView, run: RunView) -> None:
    answer = ada.get(reverse("experiment", args=[experiment.number]), {"filter": "metrics.accuracy >"})
    assert answer.status_code == 200
    assert "note-error" in answer.text


def test_a_filter_and_a_status_narrow_the_table(ada: Client, experiment: ExperimentView, run: RunView, add: Add) -> None:
    add("broken", status=RunStatus.FAILED, metrics={"accuracy": 0.95})
    assert ">first</a>" not in table(ada, experiment, filter="metrics.accuracy > 0.92")
    failed = table(ada, experiment, status="FAILED")
    assert ">broken</a>" in failed
    assert ">first</a>" not in failed


def test_columns_are_chosen_in_the_address(ada: Client, experiment: ExperimentView, run: RunView) -> None:
    page = table(ada, experiment, columns="metric:loss")
    assert "sort=-metric%3Aloss" in page
    assert "sort=-metric%3Aaccuracy" not in page


def test_names_are_shown_never_run(ada: Client, experiment: ExperimentView, add: Add) -> None:
    run = add("<script>alert(1)</script>", tags={"note": "<img src=x>"})
    for page in (table(ada, experiment), ada.get(reverse("run", args=[run.id])).text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_longer_table_costs_no_more_queries(ada: Client, experiment: ExperimentView, add: Add) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            table(ada, experiment)
        return len(queries)

    add("one", metrics={"a": 1.0})
    few = count()
    for number in range(12):
        add(f"more {number}", metrics={"a": 1.0}, started_at=START + timedelta(minutes=number))
    assert count() == few


def test_the_export_has_every_digit_and_no_formulas(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add('=HYPERLINK("x")', metrics={"accuracy": 0.123456789012345})
    answer = ada.get(reverse("experiment_csv", args=[experiment.number]))
    [row] = csv.DictReader(io.StringIO(read(answer)))
    assert row["accuracy"] == "0.123456789012345"
    assert row["name"].startswith("'=")
    assert (row["currency"], row["cost_state"]) == ("USD", "estimate")
    assert len(row["cost"]) > 4


def test_the_run_page_shows_what_the_run_cost_and_on_what(ada: Client, run: RunView) -> None:
    page = ada.get(reverse("run", args=[run.id])).text
    assert "m5.large" in page
    assert "an hour" in page
    assert "accuracy" in page
    assert ada.get(reverse("run", args=[run.id]), {"tab": "cost"}).status_code == 200


def test_a_finished_run_does_not_ask_again_and_a_running_one_does(ada: Client, run: RunView, add: Add) -> None:
    live = add("live", status=RunStatus.RUNNING)
    assert "every 4s" not in ada.get(reverse("run", args=[run.id])).text
    assert "every 4s" in ada.get(reverse("run", args=[live.id])).text
    assert ada.get(reverse("run_charts", args=[run.id])).json()["live"] is False
    assert ada.get(reverse("run_charts", args=[live.id])).json()["live"] is True


def test_curves_stand_over_step_time_and_dollars(ada: Client, organization: Organization, add: Add) -> None:
    run = add("curve", hours=2)
    at = int(START.timestamp() * 1000)
    points = [MetricPoint("loss", 1 / (step + 1), step, at + step * 3_600_000) for step in range(3)]
    with inside(organization):
        runs.log_batch(organization.id, run.id, metrics=points, params={}, tags={})

    def places(axis: str) -> list[float]:
        chart = ada.get(reverse("run_charts", args=[run.id]), {"x": axis, "key": "loss"}).json()["charts"]["loss"]
        return [point[0] for point in chart["series"][0]["points"]]

    assert places("step") == [0, 1, 2]
    assert places("time") == [0.0, 3600.0, 7200.0]
    dollars = places("dollars")
    assert dollars[0] == 0.0
    assert dollars[2] == pytest.approx(2 * dollars[1], rel=1e-4)


def test_a_long_curve_comes_as_a_band_and_a_part_of_it_point_by_point(
    ada: Client, organization: Organization, run: RunView
) -> None:
    points = [MetricPoint("long", float(step % 7), step, step) for step in range(1_400)]
    with inside(organization):
        runs.log_batch(organization.id, run.id, metrics=points[:700], params={}, tags={})
        runs.log_batch(organization.id, run.id, metrics=points[700:], params={}, tags={})

    def draw(**part: str) -> dict[str, list[object]]:
        answer = ada.get(reverse("run_charts", args=[run.id]), {"key": "long", **part}).json()
        series: dict[str, list[object]] = answer["charts"]["long"]["series"][0]
        return series

    whole, part = draw(), draw(**{"from": "100", "to": "103.5"})
    assert (len(whole["points"]), len(whole["low"]), whole["total"]) == (500, 500, 1_400)
    assert part["points"] == [[float(step), float(step % 7)] for step in range(99, 105)]
    assert "low" not in part
    assert draw(**{"from": "x", "to": "1"})["total"] == 1_400


def test_values_that_no_chart_can_draw_are_left_out(ada: Client, organization: Organization, add: Add) -> None:
    run = add("odd", status=RunStatus.RUNNING)
    odd = [MetricPoint("loss", value, step, 0) for step, value in enumerate((float("nan"), 1.0, float("inf")))]
    with inside(organization):
        runs.log_batch(organization.id, run.id, metrics=odd, params={}, tags={})
    chart = ada.get(reverse("run_charts", args=[run.id]), {"key": "loss"}).json()["charts"]["loss"]
    assert chart["series"][0]["points"] == [[1, 1.0]]
    assert "∞" in ada.get(reverse("run", args=[run.id])).text


def put(organization: Organization, run: RunView, path: str, content: bytes) -> None:
    folder = run.artifact_uri.removeprefix("assay-artifacts:/")
    with inside(organization), open_for_write(organization.id, f"{folder}/{path}") as file:
        file.write(content)


def test_files_are_listed_previewed_and_sent(ada: Client, organization: Organization, run: RunView) -> None:
    put(organization, run, "notes/report.txt", b"precision 0.9")
    page = ada.get(reverse("run", args=[run.id]), {"tab": "artifacts", "path": "notes"}).text
    assert "precision 0.9" in page
    answer = ada.get(reverse("run_file", args=[run.id]), {"path": "notes/report.txt"})
    assert b"".join(answer.streaming_content) == b"precision 0.9"  # type: ignore[attr-defined]  # a file
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_page_among_the_files_cannot_act_for_the_reader(ada: Client, organization: Organization, run: RunView) -> None:
    put(organization, run, "page.html", b"<script>alert(1)</script>")
    answer = ada.get(reverse("run_file", args=[run.id]), {"path": "page.html", "inline": "1"})
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "allow-scripts" not in answer["Content-Security-Policy"]
    answer.close()


@pytest.mark.parametrize("path", ["../../secret_key", "/etc/passwd", "a/../../b", "%2e%2e/x", ""])
def test_no_path_leads_outside_the_run(ada: Client, run: RunView, path: str) -> None:
    assert ada.get(reverse("run_file", args=[run.id]), {"path": path}).status_code in {400, 404}


def test_chosen_runs_stand_side_by_side_with_what_differs(
    ada: Client, organization: Organization, run: RunView, add: Add
) -> None:
    other = add("second", metrics={"accuracy": 0.7})
    with inside(organization):
        runs.log_batch(organization.id, run.id, metrics=[], params={"kernel": "poly", "seed": "1"}, tags={})
        runs.log_batch(organization.id, other.id, metrics=[], params={"kernel": "rbf", "seed": "1"}, tags={})
    page = ada.get(reverse("compare"), {"ids": f"{run.id.hex},{other.id.hex}", "view": "table", "all": "1"}).text
    assert page.index(">first<") < page.index(">second<")
    assert page.count('class="differs"') == 1
    assert page.index("kernel") < page.index("seed")
    assert page.count("chip-estimate") == 2
    page = ada.get(reverse("compare"), {"run": [run.id.hex, other.id.hex], "view": "table"}).text
    assert "kernel" in page
    assert "seed" not in page


def test_curves_of_chosen_runs_share_a_chart(ada: Client, organization: Organization, run: RunView, add: Add) -> None:
    twin = add("first")
    points = [MetricPoint("loss", 1.0, step, step) for step in range(2)]
    with inside(organization):
        runs.log_batch(organization.id, twin.id, metrics=points, params={}, tags={})
    answer = ada.get(reverse("compare_charts"), {"ids": f"{run.id.hex},{twin.id.hex}", "key": "loss"}).json()
    names = [series["name"] for series in answer["charts"]["loss"]["series"]]
    assert answer["live"] is False
    assert len(set(names)) == 2


@pytest.mark.parametrize(("ids", "status"), [([], 400), (["1" * 32], 400), (["1" * 32, "2" * 32], 404), (["x", "y"], 400)])
def test_a_comparison_needs_runs_that_exist(ada: Client, ids: list[str], status: int) -> None:
    assert ada.get(reverse("compare"), {"run": ids}).status_code == status


def test_a_strangers_comparison_finds_nothing(eve: Client, run: RunView, add: Add) -> None:
    assert eve.get(reverse("compare"), {"run": [run.id.hex, add("other").id.hex]}).status_code == 404
