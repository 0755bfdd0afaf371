"""Whatever order, cut and repetition points arrive in: history is their set, and the summary follows from it."""

import math
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.tracking.domain.errors import PageTokenRefused
from assay.tracking.domain.values import ExperimentView, MetricPoint
from assay.tracking.selectors.metrics import history, sample, series
from assay.tracking.selectors.runs import find_latest_metric
from assay.tracking.services import merging, runs
from tests.breadth import examples

small = st.integers(-2, 3)
values = st.one_of(st.floats(width=64), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0]))
points = st.builds(MetricPoint, st.sampled_from(["loss", "acc"]), values, small, st.integers(0, 3))
batches = st.lists(st.lists(points, max_size=8), min_size=1, max_size=4)


def _place(point: MetricPoint) -> tuple[int, int, bool, float]:
    """PostgreSQL's order: NaN above every number. Minus zero is zero."""
    unordered = math.isnan(point.value)
    return point.step, point.timestamp_ms, unordered, 0.0 if unordered else point.value + 0.0


@settings(max_examples=examples(30, many=300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches, again=st.randoms(use_true_random=False))
def test_the_latest_value_is_the_greatest_point_in_any_order(
    ada: UUID, experiment: ExperimentView, batches: list[list[MetricPoint]], again: object
) -> None:
    run_id = runs.create_run(ada, experiment_id=experiment.id).id
    repeated = [*batches, *batches[::2]]
    again.shuffle(repeated)  # type: ignore[attr-defined]  # a Random that hypothesis controls
    for batch in repeated:
        runs.log_batch(ada, run_id, metrics=batch)
    for merged in (False, True):
        if merged:
            merging.merge_run(ada, run_id)
        _check_history(ada, run_id, batches, counted=merged)


def _check_history(ada: UUID, run_id: UUID, batches: list[list[MetricPoint]], *, counted: bool) -> None:
    for key in ("loss", "acc"):
        distinct = {_place(point) for batch in batches for point in batch if point.key == key}
        stored = [_place(point) for point in history(ada, run_id, key).points]
        assert sorted(stored) == sorted(distinct)
        latest = find_latest_metric(ada, run_id, key)
        if not distinct:
            assert latest is None
            continue
        assert latest is not None
        assert _place(MetricPoint(key, latest.value, latest.step, latest.timestamp_ms)) == max(distinct)
        finite = [place[3] for place in distinct if not place[2]]
        assert (latest.minimum, latest.maximum) == (min(finite, default=None), max(finite, default=None))
        assert latest.count >= len(distinct)
        assert latest.count == len(distinct) or not counted


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(heights=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=120), limit=st.integers(2, 40))
def test_a_drawn_series_keeps_its_extremes_and_its_limit(
    ada: UUID, experiment: ExperimentView, heights: list[float], limit: int
) -> None:
    run_id = runs.create_run(ada, experiment_id=experiment.id).id
    logged = [MetricPoint("m", height, step, step) for step, height in enumerate(heights)]
    runs.log_batch(ada, run_id, metrics=[*logged, MetricPoint("m", math.nan, 500, 500), MetricPoint("m", math.inf, 501, 501)])
    drawn = series(ada, [run_id], "m", max_points=limit)[run_id]
    assert set(drawn) <= set(logged)
    assert [point.step for point in drawn] == sorted(point.step for point in drawn)
    assert {min(heights), max(heights)} <= {point.value for point in drawn}
    assert len(drawn) == len(logged) if len(logged) <= limit else len(drawn) <= limit


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 90), limit=st.integers(1, 30))
def test_a_sample_is_even_and_keeps_both_ends(ada: UUID, experiment: ExperimentView, count: int, limit: int) -> None:
    run_id = runs.create_run(ada, experiment_id=experiment.id).id
    runs.log_batch(ada, run_id, metrics=[MetricPoint("m", 1.0, step, 0) for step in range(count)])
    steps = [point.step for point in sample(ada, [run_id], "m", steps=range(count), max_points=limit)[run_id]]
    assert (steps[0], steps[-1]) == (0, count - 1)
    assert len(steps) == count if count <= limit else len(steps) <= max(limit, 2)
    gaps = [later - earlier for earlier, later in pairwise(steps)]
    if limit > 2 and count > limit:
        assert max(gaps) <= math.ceil(count / (limit - 1)) + 1


def test_series_of_several_runs_come_by_run(ada: UUID, experiment: ExperimentView) -> None:
    first, second, silent = (runs.create_run(ada, experiment_id=experiment.id).id for _ in range(3))
    runs.log_batch(ada, first, metrics=[MetricPoint("m", 1.0, 0, 0)])
    runs.log_batch(ada, second, metrics=[MetricPoint("m", 2.0, 0, 0), MetricPoint("other", 3.0, 0, 0)])
    found = series(ada, [first, second, silent], "m")
    assert {run_id: [point.value for point in drawn] for run_id, drawn in found.items()} == {first: [1.0], second: [2.0]}


@pytest.mark.parametrize("token", ["x", "1_2", "1_2_x", "a_b_c", f"{2**63}_0_0", "1_2_3_4", ""])
def test_a_history_token_that_is_not_ours_is_refused(ada: UUID, experiment: ExperimentView, token: str) -> None:
    run_id = runs.create_run(ada, experiment_id=experiment.id).id
    if not token:
        assert history(ada, run_id, "m", page_token=token).points == ()
        return
    with pytest.raises(PageTokenRefused):
        history(ada, run_id, "m", page_token=token)


def test_history_pages_join_also_over_nan_and_equal_times(ada: UUID, experiment: ExperimentView) -> None:
    run_id = runs.create_run(ada, experiment_id=experiment.id).id
    logged = [MetricPoint("m", value, step, 7) for step in range(2) for value in (1.0, math.inf, math.nan, -math.inf)]
    runs.log_batch(ada, run_id, metrics=logged)
    whole, joined, token = history(ada, run_id, "m").points, list[MetricPoint](), ""
    for _ in range(4):
        page = history(ada, run_id, "m", limit=2, page_token=token)
        joined += page.points
        token = page.next_page_token or ""
    assert list(map(repr, joined)) == list(map(repr, whole))
    assert token == ""
