"""Stages and milestones of a run, on the horizontal axis of its charts."""

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

import numpy as np

from assay.portal.domain.curves import EPOCH, MILLISECOND, ChartAxis, MarkBody, Place
from assay.tracking.domain.content import Event, EventKind, Stage, stages_of
from assay.tracking.domain.curves import Curve
from assay.tracking.selectors.events import list_events

MOST = 200


@dataclass(frozen=True, slots=True)
class Marks:
    """The newest MOST of each kind."""

    stages: tuple[Stage, ...]
    milestones: tuple[Event, ...]

    def on(self, place: Place, curve: Curve, *, until: datetime) -> list[MarkBody]:
        """curve: the one that is marked, by which a mark without a step finds one. until: where a lasting stage ends."""
        scale = _Scale(place, curve)
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

    def __init__(self, place: Place, curve: Curve) -> None:
        self.place = place
        order = np.argsort(curve.timestamps_ms, kind="stable")
        self.times, self.steps = curve.timestamps_ms[order], curve.steps[order]

    def of(self, at: datetime, step: int | None) -> float:
        timestamp_ms = (at - EPOCH) // MILLISECOND
        if self.place.axis is ChartAxis.STEP and step is None:
            return float(np.interp(timestamp_ms, self.times, self.steps)) if len(self.steps) else 0
        return self.place.of(step=step or 0, timestamp_ms=timestamp_ms)


def read_marks(organization_id: UUID, run_id: UUID, *, run_ended_at: datetime | None) -> Marks:
    events = list_events(organization_id, run_id)
    milestones = tuple(event for event in events if event.kind is EventKind.MILESTONE)
    return Marks(stages_of(events, run_ended_at=run_ended_at)[-MOST:], milestones[-MOST:])
