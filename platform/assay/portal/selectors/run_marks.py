"""Stages and milestones of a run, on the horizontal axis of its charts."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from uuid import UUID

from assay.portal.domain.curves import ChartAxis, MarkBody, Place
from assay.tracking.domain.content import Event, EventKind, Stage, stages_of
from assay.tracking.domain.values import MetricPoint
from assay.tracking.selectors.events import list_events

MOST = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Marks:
    """The newest MOST of each kind."""

    stages: tuple[Stage, ...]
    milestones: tuple[Event, ...]

    def on(self, place: Place, points: Sequence[MetricPoint], *, until: datetime) -> list[MarkBody]:
        """points: of the curve that is marked, by which a mark without a step finds one. until: where a lasting stage ends."""
        scale = _Scale(place, points)
        bands = [
            MarkBody(
                name=stage.name,
                at=scale.of(stage.started_at, stage.step),
                until=scale.of(stage.ended_at or until, following.step if following else None),
            )
            for stage, following in zip_longest(self.stages, self.stages[1:])
        ]
        return bands + [MarkBody(name=event.name, at=scale.of(event.at, event.step)) for event in self.milestones]


class _Scale:
    """From an instant to a place on the axis; on the axis of steps by the step, or else by the points around the instant."""

    def __init__(self, place: Place, points: Sequence[MetricPoint]) -> None:
        self.place = place
        by_time = sorted((point.timestamp_ms, point.step) for point in points)
        self.times = [timestamp_ms for timestamp_ms, _ in by_time]
        self.steps = [step for _, step in by_time]

    def of(self, at: datetime, step: int | None) -> float:
        timestamp_ms = (at - EPOCH) // timedelta(milliseconds=1)
        if self.place.axis is ChartAxis.STEP and step is None:
            return self._step_at(timestamp_ms)
        return self.place.of(step=step or 0, timestamp_ms=timestamp_ms)

    def _step_at(self, timestamp_ms: int) -> float:
        if not self.steps:
            return 0
        after = bisect_left(self.times, timestamp_ms)
        if after in (0, len(self.steps)):
            return self.steps[min(after, len(self.steps) - 1)]
        start, end = self.times[after - 1], self.times[after]
        share = (timestamp_ms - start) / (end - start) if end > start else 0
        return self.steps[after - 1] + share * (self.steps[after] - self.steps[after - 1])


def read_marks(organization_id: UUID, run_id: UUID, *, run_ended_at: datetime | None) -> Marks:
    events = list_events(organization_id, run_id)
    milestones = tuple(event for event in events if event.kind is EventKind.MILESTONE)
    return Marks(stages_of(events, run_ended_at=run_ended_at)[-MOST:], milestones[-MOST:])
