"""What a run logs is stored once, whole, or not at all."""

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from assay.core import clock, tenancy
from assay.core.errors import Invalid
from assay.tracking.domain.errors import NotActive, ParamsFixed, RunNotFound, TagNotFound
from assay.tracking.domain.values import MetricPoint, RunView
from assay.tracking.models import MetricSegment, Run
from assay.tracking.selectors.metrics import history
from assay.tracking.selectors.runs import find_latest_metric, get_run
from assay.tracking.services import runs

LOSSES = [MetricPoint("loss", 1.0 / (step + 1), step, 1_000 + step) for step in range(5)]


def test_a_batch_is_stored_whole(ada: UUID, run: RunView) -> None:
    runs.log_batch(ada, run.id, metrics=LOSSES, params={"lr": "0.1"}, tags={"team": "vision"})
    stored = get_run(ada, run.id)
    assert stored.metrics["loss"].value == 0.2
    assert (stored.metrics["loss"].minimum, stored.metrics["loss"].maximum, stored.metrics["loss"].count) == (0.2, 1.0, 5)
    assert stored.params == {"lr": "0.1"}
    assert stored.tags == {"team": "vision"}
    assert list(history(ada, run.id, "loss").points) == LOSSES


def test_the_same_batch_again_changes_nothing(ada: UUID, run: RunView) -> None:
    runs.log_batch(ada, run.id, metrics=[*LOSSES, *LOSSES[:2]], params={"lr": "0.1"}, tags={"team": "vision"})
    before = get_run(ada, run.id)
    runs.log_batch(ada, run.id, metrics=LOSSES, params={"lr": "0.1"}, tags={"team": "vision"})
    assert get_run(ada, run.id) == before
    assert [segment.count for segment in MetricSegment.objects.filter(run_id=run.id)] == [5]


def test_an_older_point_does_not_become_the_latest(ada: UUID, run: RunView) -> None:
    runs.log_batch(ada, run.id, metrics=[MetricPoint("loss", 0.5, 7, 50)])
    runs.log_batch(ada, run.id, metrics=[MetricPoint("loss", 9.0, 3, 99)])
    latest = find_latest_metric(ada, run.id, "loss")
    assert latest is not None
    assert (latest.value, latest.step, latest.minimum, latest.maximum, latest.count) == (0.5, 7, 0.5, 9.0, 2)


def test_numbers_that_are_none_come_back_as_they_went(ada: UUID, run: RunView) -> None:
    points = [MetricPoint("m", math.inf, 1, 1), MetricPoint("m", -math.inf, 2, 2), MetricPoint("m", math.nan, 3, 3)]
    runs.log_batch(ada, run.id, metrics=points)
    values = [point.value for point in history(ada, run.id, "m").points]
    assert values[:2] == [math.inf, -math.inf]
    assert math.isnan(values[2])
    latest = find_latest_metric(ada, run.id, "m")
    assert latest is not None
    assert math.isnan(latest.value)
    assert (latest.minimum, latest.maximum) == (-math.inf, math.inf)


def test_a_metric_of_nan_alone_has_no_extent(ada: UUID, run: RunView) -> None:
    runs.log_batch(ada, run.id, metrics=[MetricPoint("m", math.nan, 1, 1)])
    latest = find_latest_metric(ada, run.id, "m")
    assert latest is not None
    assert (latest.minimum, latest.maximum, latest.count) == (None, None, 1)
    assert find_latest_metric(ada, run.id, "never logged") is None


def test_a_param_is_written_once_and_a_conflict_stores_nothing(ada: UUID, run: RunView) -> None:
    runs.log_batch(ada, run.id, params={"lr": "0.1"})
    with pytest.raises(ParamsFixed) as refused:
        runs.log_batch(ada, run.id, metrics=LOSSES, params={"depth": "3", "lr": "0.2"}, tags={"team": "vision"})
    assert refused.value.details["conflicts"] == [{"key": "lr", "old_value": "0.1", "new_value": "0.2"}]
    stored = get_run(ada, run.id)
    assert (stored.params, stored.tags, stored.metrics) == ({"lr": "0.1"}, {}, {})


def test_tags_overwrite_and_can_be_removed(ada: UUID, run: RunView) -> None:
    runs.log_batch(ada, run.id, tags={"a": "1", "b": ""})
    runs.log_batch(ada, run.id, tags={"a": "2"})
    assert get_run(ada, run.id).tags == {"a": "2", "b": ""}
    runs.delete_tag(ada, run.id, key="a")
    assert get_run(ada, run.id).tags == {"b": ""}
    with pytest.raises(TagNotFound):
        runs.delete_tag(ada, run.id, key="a")


@pytest.mark.parametrize(
    "batch",
    [
        {"params": {"k": "v" * 6_001}},
        {"params": {"k" * 251: "v"}},
        {"tags": {"k": "v" * 8_001}},
        {"tags": {"../k": "v"}},
        {"tags": {"a//b": "v"}},
        {"tags": {"/a": "v"}},
        {"tags": {"": "v"}},
        {"tags": {"k": "a\x00b"}},
        {"params": {"a=b": "v"}},
        {"metrics": [MetricPoint("a;b", 1.0, 0, 0)]},
        {"metrics": [MetricPoint("a", 1.0, 2**63, 0)]},
        {"metrics": [MetricPoint("a", 1.0, 0, -1)]},
        {"metrics": [MetricPoint("a", 1.0, step, 0) for step in range(1_001)]},
        {"params": {f"k{i}": "" for i in range(101)}},
        {"tags": {f"k{i}": "" for i in range(101)}},
        {"metrics": [MetricPoint("a", 1.0, step, 0) for step in range(1_000)], "tags": {"k": "v"}},
    ],
)
def test_what_is_too_long_or_misnamed_is_refused_whole(ada: UUID, run: RunView, batch: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        runs.log_batch(ada, run.id, **batch)  # type: ignore[arg-type]  # each case is one wrong argument
    stored = get_run(ada, run.id)
    assert (stored.params, stored.tags, stored.metrics) == ({}, {}, {})


def test_the_longest_of_everything_is_stored(ada: UUID, run: RunView) -> None:
    key = "k" * 250
    runs.log_batch(
        ada, run.id, metrics=[MetricPoint(key, 1.0, -(2**63), 2**63 - 1)], params={key: "v" * 6_000}, tags={key: "v" * 8_000}
    )
    stored = get_run(ada, run.id)
    assert (len(stored.params[key]), len(stored.tags[key]), stored.metrics[key].step) == (6_000, 8_000, -(2**63))


def test_a_deleted_run_refuses_writes_until_restored(ada: UUID, run: RunView) -> None:
    runs.delete_run(ada, run.id)
    with pytest.raises(NotActive):
        runs.log_batch(ada, run.id, metrics=LOSSES)
    with pytest.raises(NotActive):
        runs.update_run(ada, run.id, name="other")
    runs.restore_run(ada, run.id)
    runs.log_batch(ada, run.id, metrics=LOSSES)
    assert get_run(ada, run.id).metrics["loss"].count == 5


def test_a_strangers_run_is_not_found(ada: UUID, eve: UUID, run: RunView) -> None:
    with tenancy.scope(eve), pytest.raises(RunNotFound):
        runs.log_batch(eve, run.id, metrics=LOSSES)
    assert get_run(ada, run.id).metrics == {}


def test_a_batch_of_metrics_costs_one_statement_and_takes_no_lock(
    ada: UUID, run: RunView, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):  # the one prepared statement is not among what Django counts
        runs.log_batch(ada, run.id, metrics=LOSSES)


def test_the_heartbeat_is_noted_at_most_every_ten_seconds(ada: UUID, run: RunView) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    Run.objects.filter(id=run.id).update(last_heartbeat_at=start)
    with clock.frozen(start + timedelta(seconds=9)):
        runs.log_batch(ada, run.id, metrics=LOSSES)
    assert get_run(ada, run.id).last_heartbeat_at == start
    with clock.frozen(start + timedelta(seconds=10)):
        runs.log_batch(ada, run.id, metrics=LOSSES)
    assert get_run(ada, run.id).last_heartbeat_at == start + timedelta(seconds=10)
