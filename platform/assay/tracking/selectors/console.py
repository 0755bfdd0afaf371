"""Reads of a run's console. Texts keep their terminal escapes; pages strip them.

To show the end and follow it: `tail_console`, then `read_console(after=page.cursor)` as long as `is_live`. To scroll up from there:
`tail_console(before=page.first_sequence)`.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from assay.tracking.domain.content import KIB, ConsoleChunk, ConsolePage, ConsoleStream
from assay.tracking.domain.errors import RunNotFound
from assay.tracking.domain.states import RunStatus
from assay.tracking.models import ConsoleChunk as ChunkRow
from assay.tracking.models import ConsoleLog, Run

PAGE_BYTES = 256 * KIB
PAGE_CHUNKS = 4_096


def read_console(
    organization_id: UUID,
    run_id: UUID,
    *,
    after: int = 0,
    stream: ConsoleStream | None = None,
    limit_bytes: int = PAGE_BYTES,
) -> ConsolePage:
    """Chunks that came after the cursor of the page before; 0 reads from the start.

    stream: None for both, as they came. limit_bytes: about so much text, at least one chunk. raises: RunNotFound.
    """
    rows = _chunks(organization_id, run_id, stream).filter(sequence__gt=after).order_by("sequence")
    return _read(organization_id, run_id, rows, limit_bytes=limit_bytes, cursor=after)


def tail_console(
    organization_id: UUID,
    run_id: UUID,
    *,
    before: int | None = None,
    stream: ConsoleStream | None = None,
    limit_bytes: int = PAGE_BYTES,
) -> ConsolePage:
    """The last chunks, in the order they came; has_more says that there are earlier ones.

    before: only chunks with a lower sequence, to read backwards. raises: RunNotFound.
    """
    rows = _chunks(organization_id, run_id, stream).order_by("-sequence")
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    return _read(organization_id, run_id, rows, limit_bytes=limit_bytes, cursor=0)


def _chunks(organization_id: UUID, run_id: UUID, stream: ConsoleStream | None) -> QuerySet[ChunkRow]:
    rows = ChunkRow.objects.filter(organization_id=organization_id, run_id=run_id)
    return rows if stream is None else rows.filter(stream=stream)


def _read(organization_id: UUID, run_id: UUID, rows: QuerySet[ChunkRow], *, limit_bytes: int, cursor: int) -> ConsolePage:
    """Sizes first, texts then, so that a page of long chunks does not read what it leaves out."""
    statuses = list(Run.objects.filter(organization_id=organization_id, id=run_id).values_list("status", flat=True))
    if not statuses:
        raise RunNotFound(run_id)
    log = ConsoleLog.objects.filter(organization_id=organization_id, run_id=run_id).first()
    sizes = list(rows.values_list("sequence", "size_bytes")[: PAGE_CHUNKS + 1])
    wanted = _fitting(sizes[:PAGE_CHUNKS], limit_bytes)
    found = ChunkRow.objects.filter(organization_id=organization_id, run_id=run_id, sequence__in=wanted).order_by("sequence")
    gap = log.dropped_sequence + 1 if log and log.dropped_sequence else None
    return ConsolePage(
        chunks=tuple(
            ConsoleChunk(row.sequence, ConsoleStream(row.stream), row.offset, row.text, row.at, row.sequence == gap)
            for row in found
        ),
        cursor=max(wanted, default=cursor),
        has_more=len(wanted) < len(sizes),
        dropped_bytes=log.dropped_bytes if log else 0,
        is_live=not RunStatus(statuses[0]).is_terminal,
    )


def _fitting(sizes: Iterable[tuple[int, int]], limit_bytes: int) -> list[int]:
    fitting: list[int] = []
    room = limit_bytes
    for sequence, size_bytes in sizes:
        if fitting and size_bytes > room:
            break
        fitting.append(sequence)
        room -= size_bytes
    return fitting
