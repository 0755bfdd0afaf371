"""Stages and milestones of a run."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.clock import frozen
from assay.core.errors import Invalid, LimitReached
from assay.core.ids import new_id
from assay.tracking.domain import content
from assay.tracking.domain.content import Event, EventKind, stages_of
from assay.tracking.domain.errors import NotActive, RunNotFound
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import RunView
from assay.tracking.selectors.events import events_of_runs, list_events, list_stages
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import events as services
from assay.tracking.services import runs
from assay.tracking.services.events import record_events

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


def stage(name: str, minutes: int, step: int | None = None) -> Event:
    return Event(new_id(), EventKind.STAGE, name, AT + timedelta(minutes=minutes), step)


def milestone(name: str, minutes: int) -> Event:
    return Event(new_id(), EventKind.MILESTONE, name, AT + timedelta(minutes=minutes))


def test_a_stage_lasts_until_the_next_one_and_the_last_until_the_runs_end(ada: UUID, run: RunView) -> None:
    record_events(ada, run.id, [stage("fit", 10, step=5), milestone("best so far", 15), stage("load", 0)])
    assert [(one.name, one.ended_at) for one in list_stages(ada, run.id)] == [
        ("load", AT + timedelta(minutes=10)),
        ("fit", None),
    ]
    runs.update_run(ada, run.id, status=RunStatus.FINISHED, ended_at=AT + timedelta(minutes=30))
    assert list_stages(ada, run.id)[-1].ended_at == AT + timedelta(minutes=30)
    assert [event.name for event in list_events(ada, run.id)] == ["load", "fit", "best so far"]


def test_a_repeated_event_is_one_event(ada: UUID, run: RunView) -> None:
    first = stage("fit", 0)
    for _ in range(2):
        record_events(ada, run.id, [first, Event(first.key, EventKind.STAGE, "renamed", AT)])
    assert list_events(ada, run.id) == (first,)


def test_an_event_is_a_sign_of_life(ada: UUID, run: RunView) -> None:
    later = run.started_at + timedelta(hours=1)
    with frozen(later):
        record_events(ada, run.id, [stage("fit", 0)])
    assert get_run(ada, run.id).last_heartbeat_at == later


@pytest.mark.parametrize("name", ["", "  ", "x" * 251, "a\x00b"])
def test_names_must_be_plain_and_short(ada: UUID, run: RunView, name: str) -> None:
    with pytest.raises(Invalid):
        record_events(ada, run.id, [stage(name, 0)])


def test_steps_are_64_bit(ada: UUID, run: RunView) -> None:
    with pytest.raises(Invalid, match="64-bit"):
        record_events(ada, run.id, [stage("fit", 0, step=2**63)])


def test_too_many_are_refused_whole(ada: UUID, run: RunView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "EVENTS_PER_RUN", 3)
    record_events(ada, run.id, [stage("a", 0), stage("b", 1)])
    with pytest.raises(LimitReached):
        record_events(ada, run.id, [stage("c", 2), stage("d", 3)])
    assert len(list_events(ada, run.id)) == 2


def test_deleted_and_unknown_runs_take_no_events(ada: UUID, run: RunView) -> None:
    runs.delete_run(ada, run.id)
    with pytest.raises(NotActive):
        record_events(ada, run.id, [stage("fit", 0)])
    with pytest.raises(RunNotFound):
        record_events(ada, new_id(), [stage("fit", 0)])
    with pytest.raises(RunNotFound):
        list_stages(ada, new_id())


def test_many_runs_are_read_in_one_query(ada: UUID, run: RunView, django_assert_num_queries: pytest.FixtureRequest) -> None:
    record_events(ada, run.id, [stage("fit", 0)])
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        assert set(events_of_runs(ada, [run.id, new_id()])) == {run.id}


@given(st.lists(st.integers(0, 1000), max_size=12), st.none() | st.integers(-10, 1100))
def test_stages_touch_and_never_overlap(minutes: list[int], end: int | None) -> None:
    ended_at = None if end is None else AT + timedelta(minutes=end)
    found = stages_of([stage(str(at), at) for at in sorted(minutes)], run_ended_at=ended_at)
    assert len(found) == len(minutes)
    assert all(one.ended_at == following.started_at for one, following in pairwise(found))
    assert all(one.ended_at is None or one.ended_at >= one.started_at for one in found)
    assert not found or (found[-1].ended_at is None) == (end is None)


def test_limits_fit_each_other() -> None:
    assert content.CHUNK_BYTES < content.CONSOLE_HEAD_BYTES < content.CONSOLE_BYTES
