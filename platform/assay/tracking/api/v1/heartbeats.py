"""A run's client says that it lives."""

from uuid import UUID

from ninja import Router

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.tracking.api.v1.schemas import HeartbeatOut
from assay.tracking.services.liveness import receive_heartbeat

router = Router(tags=["what a run holds"])


@router.post("runs/{run_id}/heartbeat", response=HeartbeatOut)
@require(Permission.TRACKING_WRITE)
def send_heartbeat(request: MemberRequest, run_id: UUID) -> HeartbeatOut:
    """Say that the run lives, and promise to say so again within 2 minutes: a run that breaks the promise is lost."""
    return HeartbeatOut(status=receive_heartbeat(request.principal.organization_id, run_id))
