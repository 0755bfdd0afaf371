"""Where a point stands, and which curves stand together."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.money import Money
from assay.portal.domain.curves import ChartAxis, Place, charted_keys, group_keys, lay_out, match_keys, sort_keys
from assay.portal.domain.system_metrics import group_system_metrics
from assay.portal.selectors.run_marks import Marks
from assay.tracking.domain.curves import Curve
from assay.tracking.domain.values import MetricValue

START = datetime(2026, 3, 5, 10, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
RATE = Money(Decimal("12.50"), "USD")


@pytest.mark.parametrize(("axis", "expected"), [(ChartAxis.STEP, 7), (ChartAxis.TIME, 7200.0), (ChartAxis.DOLLARS, 25.0)])
def test_a_point_stands_at_its_step_its_seconds_or_its_dollars(axis: ChartAxis, expected: float) -> None:
    assert Place(axis, START, RATE).of(step=7, timestamp_ms=START_MS + 7_200_000) == expected


def test_a_point_before_the_start_has_cost_nothing() -> None:
    assert Place(ChartAxis.DOLLARS, START, RATE).of(step=0, timestamp_ms=START_MS - 1000) == 0
    assert Place(ChartAxis.TIME, START, RATE).of(step=0, timestamp_ms=START_MS - 1000) == -1


def test_without_dollars_the_axis_is_time() -> None:
    assert Place(ChartAxis.DOLLARS, START, None).of(step=0, timestamp_ms=START_MS + 1500) == 1.5


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=2))
def test_dollars_never_fall_along_a_run(milliseconds: list[int]) -> None:
    place = Place(ChartAxis.DOLLARS, START, RATE)
    spent = [place.of(step=0, timestamp_ms=START_MS + at) for at in sorted(milliseconds)]
    assert spent == sorted(spent)


def curve(*points: tuple[int, int, float]) -> Curve:
    """points: (step, timestamp_ms, value)."""
    steps, timestamps_ms, values = zip(*points, strict=True)
    return Curve(np.array(steps), np.array(timestamps_ms), np.array(values))


@pytest.mark.parametrize("axis", list(ChartAxis))
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-(10**9), 10**9)), min_size=1))
def test_many_points_stand_where_each_does(axis: ChartAxis, points: list[tuple[int, int]]) -> None:
    place = Place(axis, START, RATE)
    steps, offsets = (np.array(column) for column in zip(*points, strict=True))
    expected = [place.of(step=step, timestamp_ms=START_MS + offset) for step, offset in points]
    assert place.of_all(steps, START_MS + offsets).tolist() == pytest.approx(expected, abs=2e-6)


def test_keys_group_by_their_first_part_and_pinned_ones_come_first() -> None:
    groups = group_keys(["val/loss", "loss", "train/loss", "train/acc"], pinned=["val/loss", "gone"])
    assert [(group.label, group.keys) for group in groups] == [
        ("Pinned", ("val/loss",)),
        ("Metrics", ("loss",)),
        ("train", ("train/acc", "train/loss")),
    ]


@given(st.lists(st.text(alphabet="ab/.1", min_size=1), unique=True), st.lists(st.text(alphabet="ab/.1", min_size=1)))
def test_every_key_is_in_exactly_one_group(keys: list[str], pinned: list[str]) -> None:
    grouped = [key for group in group_keys(keys, pinned=pinned) for key in group.keys]
    assert sorted(grouped) == sorted(keys)


def test_layers_are_counted_as_people_do() -> None:
    assert sort_keys(["layer.10", "layer.2", "layer.1"]) == ["layer.1", "layer.2", "layer.10"]


def test_a_thousand_metrics_are_not_laid_out_at_once() -> None:
    groups = group_keys([f"g{group}/{number}" for group in range(10) for number in range(100)])
    shown = lay_out(groups, at_once=24, in_all=48)
    assert [len(group.keys) for group in shown[:3]] == [24, 24, 0]
    assert (shown[0].after, shown[2].after, shown[2].is_open) == (24, 0, False)
    assert sum(group.total for group in shown) == 1000


def test_a_search_needs_every_word_in_any_case() -> None:
    assert match_keys(["train/Loss", "train/acc", "loss"], "LOSS train") == ["train/Loss"]


def test_single_values_have_no_curve_unless_the_run_goes_on() -> None:
    metrics = {
        "a": MetricValue("a", 1.0, 0, 0, count=1),
        "b": MetricValue("b", 1.0, 0, 0, count=2),
        "system/cpu": MetricValue("system/cpu", 1.0, 0, 0, count=9),
    }
    assert charted_keys(metrics, is_live=False) == ["b"]
    assert charted_keys(metrics, is_live=True) == ["a", "b"]


def test_the_machine_is_shown_by_its_parts_and_gpus_share_a_chart() -> None:
    groups = group_system_metrics(
        [
            "system/gpu_1_utilization_percentage",
            "system/gpu_0_utilization_percentage",
            "system/gpu_10_utilization_percentage",
            "system/cpu_utilization_percentage",
            "system/system_memory_usage_megabytes",
            "system/network_receive_megabytes",
            "system/something_else",
            "loss",
        ]
    )
    assert [group.label for group in groups] == ["GPU", "CPU", "Memory", "Network", "Other"]
    gpu = groups[0].charts[0]
    assert (gpu.title, gpu.lines) == ("GPU utilization (%)", ("GPU 0", "GPU 1", "GPU 10"))
    assert groups[2].charts[0].title == "Memory usage (MB)"


def test_a_run_without_stages_has_no_marks() -> None:
    assert Marks((), ()).on(Place(ChartAxis.STEP, START, None), curve((0, START_MS, 1.0)), until=START) == []
