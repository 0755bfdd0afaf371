"""Marks on a run: stages and milestones."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from assay.core.errors import Invalid, LimitReached
from assay.tracking.domain.content import EVENT_NAME_LENGTH, EVENTS_PER_REQUEST, EVENTS_PER_RUN, Event
from assay.tracking.domain.limits import INT64, check_length
from assay.tracking.models import RunEvent
from assay.tracking.services.batches import note_heartbeat
from assay.tracking.services.locks import lock_run


def record_events(organization_id: UUID, run_id: UUID, events: Sequence[Event]) -> None:
    """Add marks; one whose key the run has already stays as it is, so a repeated request changes nothing.

    raises: RunNotFound, NotActive, Invalid; LimitReached beyond 10,000 of a run; then nothing is stored.
    """
    _check(events)
    with transaction.atomic():
        run = lock_run(organization_id, run_id)
        rows = RunEvent.objects.filter(run_id=run_id)
        if rows.count() + len(events) > EVENTS_PER_RUN:
            raise LimitReached(
                f"Run {run_id.hex} may have {EVENTS_PER_RUN:,} stages and milestones: log a metric for what happens so often.",
                run_id=run_id.hex,
            )
        RunEvent.objects.bulk_create(
            [
                RunEvent(
                    organization_id=organization_id,
                    run_id=run_id,
                    key=event.key,
                    kind=event.kind,
                    name=event.name,
                    at=event.at,
                    step=event.step,
                )
                for event in events
            ],
            ignore_conflicts=True,
        )
        note_heartbeat(run)


def _check(events: Sequence[Event]) -> None:
    if len(events) > EVENTS_PER_REQUEST:
        raise Invalid(f"A request may hold {EVENTS_PER_REQUEST} events, not {len(events)}: send several.", field="events")
    for event in events:
        if not event.name.strip():
            raise Invalid(f"A {event.kind} needs a name.", field="name")
        check_length(event.name, EVENT_NAME_LENGTH, what=f"The name of a {event.kind}")
        if event.step is not None and event.step not in INT64:
            raise Invalid(f"The step of {event.kind} {event.name!r} must be a 64-bit integer.", field="step")
