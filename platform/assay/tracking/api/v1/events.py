"""Stages and milestones of a run."""

from uuid import UUID

from ninja import Router, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.core.clock import now
from assay.tracking.api.v1.schemas import EventIn, EventList, EventOut, EventsIn
from assay.tracking.domain.content import Event
from assay.tracking.selectors import events as reads
from assay.tracking.services.events import record_events

router = Router(tags=["what a run holds"])


@router.get("runs/{run_id}/events", response=EventList)
@require(Permission.TRACKING_READ)
def list_events(request: MemberRequest, run_id: UUID) -> EventList:
    """Stages and milestones, in order of time."""
    return _list(request.principal.organization_id, run_id)


@router.post("runs/{run_id}/events", response={201: EventList})
@require(Permission.TRACKING_WRITE)
def add_events(request: MemberRequest, run_id: UUID, body: EventsIn) -> Status[EventList]:
    """Add stages and milestones; those whose key the run has already stay as they are. Answers all of the run."""
    organization_id = request.principal.organization_id
    record_events(organization_id, run_id, [_event(one) for one in body.events])
    return Status(201, _list(organization_id, run_id))


def _list(organization_id: UUID, run_id: UUID) -> EventList:
    stages = {stage.key: stage for stage in reads.list_stages(organization_id, run_id)}
    events = reads.list_events(organization_id, run_id)
    return EventList(items=[EventOut.of(event, stages.get(event.key)) for event in events])


def _event(body: EventIn) -> Event:
    return Event(body.key, body.kind, body.name, body.at or now(), body.step)
