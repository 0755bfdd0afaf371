"""Code and surroundings of a run."""

from uuid import UUID

from ninja import Router

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.tracking.api.v1.schemas import SourceIn, SourceOut
from assay.tracking.selectors.sources import get_source
from assay.tracking.services.sources import record_source

router = Router(tags=["what a run holds"])


@router.get("runs/{run_id}/source", response=SourceOut)
@require(Permission.TRACKING_READ)
def show_source(request: MemberRequest, run_id: UUID) -> SourceOut:
    """Commit, diff, command and packages that the run was last started with."""
    return SourceOut.of(get_source(request.principal.organization_id, run_id))


@router.put("runs/{run_id}/source", response=SourceOut)
@require(Permission.TRACKING_WRITE)
def put_source(request: MemberRequest, run_id: UUID, body: SourceIn) -> SourceOut:
    """Keep what the run was started with; what was there before is replaced."""
    return SourceOut.of(record_source(request.principal.organization_id, run_id, body.to_source()))
