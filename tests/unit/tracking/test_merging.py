"""Merging changes how history is kept and nothing of what it says."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.tracking.domain.values import ExperimentView, MetricPoint, RunView
from assay.tracking.models import MetricSegment
from assay.tracking.selectors.metrics import history
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import merging, points, runs

SMALL = 4
logged = st.lists(
    st.builds(MetricPoint, st.sampled_from(["a", "b"]), st.sampled_from([0.0, 1.0]), st.integers(0, 12), st.integers(0, 2)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.tuples(logged, st.booleans()), min_size=1, max_size=10))
def test_history_stays_the_same_however_often_it_is_merged(
    ada: UUID, experiment: ExperimentView, batches: list[tuple[list[MetricPoint], bool]]
) -> None:
    run_id = runs.create_run(ada, experiment_id=experiment.id).id
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "SEGMENT_POINTS", SMALL)
        for batch, merge in [*batches, ([], True)]:
            if batch:
                runs.log_batch(ada, run_id, metrics=batch)
            if merge:
                merging.merge_run(ada, run_id)
    distinct = {point for batch, _ in batches for point in batch}
    for key in ("a", "b"):
        assert set(history(ada, run_id, key).points) == {point for point in distinct if point.key == key}
        kept = MetricSegment.objects.filter(run_id=run_id, key=key).order_by("first_step", "first_timestamp_ms", "last_step")
        assert all(segment.merged and segment.count <= SMALL for segment in kept)
    counts = {key: metric.count for key, metric in get_run(ada, run_id).metrics.items()}
    assert sum(counts.values()) == len(distinct)


def test_appended_points_fill_the_last_segment_before_a_new_one_begins(ada: UUID, run: RunView) -> None:
    for step in range(10_000 // 500):
        batch = [MetricPoint("loss", 0.5, at, at) for at in range(step * 500, step * 500 + 500)]
        runs.log_batch(ada, run.id, metrics=batch)
        merging.merge_run(ada, run.id)
    kept = MetricSegment.objects.filter(run_id=run.id).order_by("first_step")
    assert [segment.count for segment in kept] == [4_096, 4_096, 1_808]
    assert len(history(ada, run.id, "loss").points) == 10_000


def test_only_runs_with_many_loose_segments_are_merged(ada: UUID, run: RunView, experiment: ExperimentView) -> None:
    quiet = runs.create_run(ada, experiment_id=experiment.id)
    for step in range(merging.MERGED_FROM):
        runs.log_batch(ada, run.id, metrics=[MetricPoint("loss", 0.5, step, step)])
    runs.log_batch(ada, quiet.id, metrics=[MetricPoint("loss", 0.5, 0, 0)])
    assert merging.merge_waiting(ada) == 1
    assert merging.merge_waiting(ada) == 0
    assert [segment.count for segment in MetricSegment.objects.filter(run_id=run.id)] == [merging.MERGED_FROM]


def test_purging_takes_a_history_in_steps(ada: UUID, run: RunView) -> None:
    for step in range(5):
        runs.log_batch(ada, run.id, metrics=[MetricPoint("loss", 0.5, step, step)])
    assert [points.purge_points(ada, run.id, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert history(ada, run.id, "loss").points == ()
