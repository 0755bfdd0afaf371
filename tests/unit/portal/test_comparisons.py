"""What differs between runs, which is best, and by what they can be placed."""

import csv
import io
import math
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assay.accounts.models import Organization
from assay.core.ids import new_id
from assay.costs.domain.run_costs import UNPRICED, RunCostState, RunCostView
from assay.portal.domain.comparisons import (
    Line,
    compare_code,
    compare_metrics,
    compare_packages,
    compare_params,
    compare_tags,
    find_best,
    group_lines,
    is_less_better,
    name_apart,
)
from assay.portal.domain.run_colours import PALETTE, UNKNOWN, colour_run, colour_values
from assay.portal.domain.run_fields import FieldKind, choose_dimensions, find_field, list_fields
from assay.tracking.domain.content import Source
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import DatasetUse, DatasetView, ExperimentView, MetricPoint, MetricValue, RunView
from assay.tracking.services import runs
from assay.tracking.services.sources import record_source
from tests.factories.runs import finish_run
from tests.unit.portal.conftest import START, inside

AT = datetime(2026, 3, 5, tzinfo=UTC)


def view(
    name: str = "run",
    *,
    params: dict[str, str] | None = None,
    metrics: dict[str, float] | None = None,
    tags: dict[str, str] | None = None,
) -> RunView:
    values = {key: MetricValue(key, value, 0, 0, count=2) for key, value in (metrics or {}).items()}
    return RunView(
        new_id(),
        name,
        UUID(int=1),
        1,
        RunStatus.FINISHED,
        AT,
        AT,
        "ada",
        LifecycleStage.ACTIVE,
        values,
        params or {},
        tags or {},
    )


def dollars(amount: str, currency: str = "USD") -> RunCostView:
    return RunCostView(RunCostState.ESTIMATE, Decimal(amount), currency)


def test_what_differs_comes_first_and_a_missing_value_is_a_difference() -> None:
    lines = compare_params([view(params={"a": "1", "b": "1", "c": "1"}), view(params={"a": "1", "b": "2"})])
    assert [(line.key, line.differs) for line in lines] == [("b", True), ("c", True), ("a", False)]
    assert lines[1].values == ("1", None)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("12")), min_size=2, max_size=5))
def test_every_param_of_every_run_has_its_cell(params: list[dict[str, str]]) -> None:
    lines = {line.key: line for line in compare_params([view(params=one) for one in params])}
    assert set(lines) == {key for one in params for key in one}
    assert all(lines[key].values[place] == one.get(key) for place, one in enumerate(params) for key in lines)
    assert all(line.differs == (len({one.get(key) for one in params}) > 1) for key, line in lines.items())


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("loss", True),
        ("train/loss", True),
        ("val_rmse", True),
        ("valLoss", True),
        ("perplexity", True),
        ("eval.latency_ms", True),
        ("accuracy", False),
        ("f1", False),
        ("glossary_hits", False),
        ("terror", False),
    ],
)
def test_a_name_tells_whether_less_is_better(key: str, expected: bool) -> None:
    assert is_less_better(key) is expected


def test_the_best_of_each_metric_is_marked_and_nan_never() -> None:
    nan = math.nan
    assert find_best(Line("loss", (0.3, 0.1, nan, None, 0.1))) == {1, 4}
    assert find_best(Line("accuracy", (0.3, 0.1, nan))) == {0}
    assert find_best(Line("accuracy", (0.3, 0.3))) == frozenset()
    assert find_best(Line("accuracy", (nan, None))) == frozenset()
    assert [line.key for line in compare_metrics([view(metrics={"system/cpu": 1.0, "z": 1.0})] * 2)] == ["z", "system/cpu"]


def test_code_packages_and_tags_are_compared_too() -> None:
    one, two = Source(commit="a" * 40, packages={"torch": "1"}), Source(commit="b" * 40, packages={"torch": "2"})
    assert compare_code([one, two, None])[0].values == ("a" * 12, "b" * 12, None)
    assert compare_packages([one, two])[0].values == ("1", "2")
    assert [line.key for line in compare_tags([view(tags={"team": "x", "mlflow.runName": "n"})] * 2)] == ["team"]


def test_a_table_of_many_runs_stays_bounded_and_says_what_is_missing() -> None:
    lines = [Line(f"k{number}", (number, 0)) for number in range(500)]
    group = group_lines("Parameters", lines, only_differing=True, runs=100)
    assert (len(group.lines), group.left_out, group.alike) == (200, 299, 1)
    assert len(group_lines("Parameters", lines, only_differing=False, runs=2).lines) == 500


def test_runs_of_one_name_are_told_apart() -> None:
    names = name_apart([view("same"), view("same"), view("other")])
    assert len(set(names)) == 3
    assert names[2] == "other"


def test_each_run_has_a_colour_of_its_own() -> None:
    colours = [colour_run(place) for place in range(100)]
    assert len(set(colours)) == 100
    assert colours[0] == PALETTE[0]


def test_values_are_coloured_from_least_to_greatest() -> None:
    low, none, high = colour_values([1.0, None, 3.0])
    assert (low, none, high) == ("#2a87d0", UNKNOWN, "#ee7733")
    assert len(set(colour_values([2.0, 2.0]))) == 1


def test_params_are_numbers_only_when_all_of_them_are() -> None:
    found = list_fields(
        [
            (view(params={"lr": "1e-5", "opt": "adam", "mixed": "1"}), dollars("2")),
            (view(params={"lr": "0.1", "mixed": "auto", "odd": "nan"}), UNPRICED),
        ]
    )
    kinds = {field.key: field.kind for field in found}
    assert (kinds["param:lr"], kinds["param:opt"], kinds["param:mixed"], kinds["param:odd"]) == (
        FieldKind.NUMBER,
        FieldKind.CATEGORY,
        FieldKind.CATEGORY,
        FieldKind.CATEGORY,
    )
    lr, cost = find_field(found, "param:lr"), find_field(found, "cost")
    assert lr is not None
    assert (lr.values, lr.spans_decades) == ((1e-5, 0.1), True)
    assert cost is not None
    assert cost.values == (2.0, None)


def test_dollars_of_two_currencies_are_never_on_one_axis() -> None:
    found = find_field(list_fields([(view(), dollars("2", "USD")), (view(), dollars("3", "EUR"))]), "cost")
    assert found is not None
    assert (found.currency, found.values) == ("EUR", (None, 3.0))


def test_axes_are_what_differs_unless_others_are_asked_for() -> None:
    found = list_fields(
        [
            (view(params={"lr": "1", "seed": "1"}, metrics={"loss": 1.0}), dollars("1")),
            (view(params={"lr": "2", "seed": "1"}, metrics={"loss": 2.0}), dollars("2")),
        ]
    )
    assert [field.key for field in choose_dimensions(found, [])] == ["param:lr", "metric:loss", "cost"]
    assert [field.key for field in choose_dimensions(found, ["cost", "gone", "param:seed"])] == ["cost", "param:seed"]


@pytest.fixture
def pair(organization: Organization, experiment: ExperimentView) -> list[RunView]:
    """Two runs that differ in a param, a dataset, a commit and a package."""
    made = []
    with inside(organization):
        for place, kernel in enumerate(("poly", "rbf")):
            run = finish_run(
                organization.id,
                experiment.id,
                name=kernel,
                started_at=START,
                hours=place + 1,
                metrics={"accuracy": 0.5 + place / 10},
            )
            data = DatasetView("digits", f"digest{place}", "local", "/data")
            points = [
                MetricPoint("loss", 1 / (step + 1), step, int(START.timestamp() * 1000) + step * 60_000) for step in range(5)
            ]
            runs.log_batch(organization.id, run.id, metrics=points, params={"kernel": kernel, "seed": "1"})
            runs.log_inputs(organization.id, run.id, datasets=[DatasetUse(data, "training", {})])
            record_source(
                organization.id,
                run.id,
                Source(
                    commit=str(place) * 40,
                    remote="git@github.com:acme/vision.git",
                    diff=f"-x\n+lr = {place}\n",
                    packages={"torch": f"2.{place}", "numpy": "2"},
                ),
            )
            made.append(run)
    return made


def ids(made: list[RunView]) -> str:
    return ",".join(run.id.hex for run in made)


def test_the_table_shows_what_differs_in_params_data_code_and_packages(ada: Client, pair: list[RunView]) -> None:
    page = ada.get(reverse("compare"), {"ids": ids(pair), "view": "table"}).text
    for text in ("kernel", "digest0", "digest1", "000000000000", "torch", "is-best-value"):
        assert text in page
    assert "numpy" not in page
    assert "seed" not in page
    assert "numpy" in ada.get(reverse("compare"), {"ids": ids(pair), "view": "table", "all": "1"}).text


def test_the_code_of_two_runs_is_compared(ada: Client, pair: list[RunView]) -> None:
    page = ada.get(reverse("compare"), {"ids": ids(pair), "view": "code"}).text
    assert "-+lr = 0" in page
    assert "++lr = 1" in page
    assert f"https://github.com/acme/vision/compare/{'0' * 40}...{'1' * 40}" in page
    turned = {"ids": ids(pair), "view": "code", "base": pair[1].id.hex, "other": pair[0].id.hex}
    assert "-+lr = 1" in ada.get(reverse("compare"), turned).text


@pytest.mark.parametrize("part", ["curves", "table", "parallel", "scatter", "code", "unknown"])
def test_every_part_opens_also_for_runs_that_logged_nothing(
    ada: Client, organization: Organization, experiment: ExperimentView, pair: list[RunView], part: str
) -> None:
    with inside(organization):
        bare = [runs.create_run(organization.id, experiment_id=experiment.id, name=name) for name in "ab"]
    assert ada.get(reverse("compare"), {"ids": ids(pair), "view": part}).status_code == 200
    assert ada.get(reverse("compare"), {"ids": ids(bare), "view": part}).status_code == 200


def test_curves_of_both_runs_stand_over_dollars_at_their_own_rates(ada: Client, pair: list[RunView]) -> None:
    answer = ada.get(reverse("compare_charts"), {"ids": ids(pair), "key": "loss", "x": "dollars"}).json()
    chart = answer["charts"]["loss"]
    assert chart["x"]["currency"] == "USD"
    assert [series["run"] for series in chart["series"]] == ["0", "1"]
    assert all(series["points"][0][0] == 0 and series["points"][4][0] > 0 for series in chart["series"])


def test_a_saved_filter_selects_the_runs_that_match_now(ada: Client, experiment: ExperimentView, pair: list[RunView]) -> None:
    query = {"experiment": str(experiment.number), "filter": "params.seed = '1'"}
    assert "Compare 2 runs" in ada.get(reverse("compare"), query).text
    assert ada.get(reverse("compare"), query | {"filter": "params.seed = '9'"}).status_code == 400
    assert ada.get(reverse("compare"), {"experiment": "x"}).status_code == 400


def test_the_export_has_one_row_a_run(ada: Client, pair: list[RunView]) -> None:
    rows = list(csv.DictReader(io.StringIO(ada.get(reverse("compare_csv"), {"ids": ids(pair)}).text)))
    assert [(row["name"], row["kernel"], row["accuracy"]) for row in rows] == [("poly", "poly", "0.5"), ("rbf", "rbf", "0.6")]


def test_more_runs_cost_no_more_queries(
    ada: Client, organization: Organization, experiment: ExperimentView, pair: list[RunView]
) -> None:
    def count(made: list[RunView], address: str, **query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ada.get(reverse(address), {"ids": ids(made), **query}).status_code == 200
        return len(queries)

    with inside(organization):
        more = [
            finish_run(organization.id, experiment.id, name=str(number), started_at=START, metrics={"loss": 1.0})
            for number in range(6)
        ]
    for address, query in (("compare", {"view": "table"}), ("compare_charts", {"key": "loss"})):
        assert count(pair + more, address, **query) == count(pair, address, **query)


def test_no_more_than_a_hundred_runs_are_compared(ada: Client) -> None:
    answer = ada.get(reverse("compare"), {"ids": ",".join(new_id().hex for _ in range(101))})
    assert answer.status_code == 400
    assert "2 to 100" in answer.text


def test_curves_are_found_by_words_and_continue_on_demand(ada: Client, pair: list[RunView]) -> None:
    page = ada.get(reverse("compare_curves"), {"ids": ids(pair), "q": "loss"}).text
    assert 'data-chart="loss"' in page
    assert 'data-chart="loss"' not in ada.get(reverse("compare_curves"), {"ids": ids(pair), "q": "nothing"}).text
    assert 'data-chart="loss"' in ada.get(reverse("compare_curves"), {"ids": ids(pair), "group": "Metrics", "after": "0"}).text


def test_a_comparison_is_kept_under_a_name(ada: Client, pair: list[RunView]) -> None:
    address = f"{reverse('compare')}?ids={ids(pair)}"
    ada.post(reverse("view_save"), {"name": "the two kernels", "next": address})
    page = ada.get(address).text
    assert "the two kernels" in page
    assert "the two kernels" not in ada.get(reverse("experiment", args=[pair[0].experiment_number])).text
