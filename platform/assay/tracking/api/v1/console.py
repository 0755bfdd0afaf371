"""Console output of a run."""

from typing import Annotated
from uuid import UUID

from ninja import Query, Router

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.core.clock import now
from assay.tracking.api.v1.schemas import ConsoleIn, ConsoleOut, ReceivedOut
from assay.tracking.domain.content import MIB, ConsoleStream, ConsoleText
from assay.tracking.selectors.console import PAGE_BYTES, read_console, tail_console
from assay.tracking.services.console import append_console

router = Router(tags=["what a run holds"])

Bytes = Annotated[int, Query(ge=1, le=4 * MIB)]


@router.get("runs/{run_id}/console", response=ConsoleOut)
@require(Permission.TRACKING_READ)
def get_console(
    request: MemberRequest,
    run_id: UUID,
    *,
    after: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    stream: ConsoleStream | None = None,
    limit_bytes: Bytes = PAGE_BYTES,
) -> ConsoleOut:
    """Output in the order it came: its end, or what came after a cursor (0: from the start), or before a sequence."""
    organization_id = request.principal.organization_id
    if after is not None:
        return ConsoleOut.of(read_console(organization_id, run_id, after=after, stream=stream, limit_bytes=limit_bytes))
    return ConsoleOut.of(tail_console(organization_id, run_id, before=before, stream=stream, limit_bytes=limit_bytes))


@router.post("runs/{run_id}/console", response=ReceivedOut)
@require(Permission.TRACKING_WRITE)
def add_console(request: MemberRequest, run_id: UUID, body: ConsoleIn) -> ReceivedOut:
    """Append output. What was received before is left out, so a request may be repeated; a gap is a 409 that says `expected`."""
    at = now()
    texts = [ConsoleText(chunk.stream, chunk.offset, chunk.text, chunk.at or at) for chunk in body.chunks]
    received = append_console(request.principal.organization_id, run_id, texts)
    return ReceivedOut(stdout=received[ConsoleStream.STDOUT], stderr=received[ConsoleStream.STDERR])
