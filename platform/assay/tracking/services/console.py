"""A run's console: appended by offset, so that a repeated request adds nothing, and bounded.

Of a console longer than CONSOLE_BYTES its first CONSOLE_HEAD_BYTES and its latest output stay: the beginning says how it was
started, the end how it ended. Whole chunks are dropped from the middle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from assay.core.errors import Invalid
from assay.tracking.domain.content import (
    CHUNK_BYTES,
    CHUNKS_PER_REQUEST,
    CONSOLE_BYTES,
    CONSOLE_HEAD_BYTES,
    ConsoleStream,
    ConsoleText,
    encode_console,
    storable_console,
)
from assay.tracking.domain.errors import ConsoleGap
from assay.tracking.models import ConsoleChunk, ConsoleLog
from assay.tracking.services.batches import note_heartbeat
from assay.tracking.services.locks import lock_run

_DROPPED_AT_ONCE = 1_024


def append_console(organization_id: UUID, run_id: UUID, texts: Sequence[ConsoleText]) -> Mapping[ConsoleStream, int]:
    """Add what was not received before. returns: per stream the offset that is expected next, also without any texts.

    raises: RunNotFound, NotActive, Invalid; ConsoleGap when a chunk begins beyond what was received. Then nothing is stored.
    """
    _check(texts)
    with transaction.atomic():
        run = lock_run(organization_id, run_id)
        log, _ = ConsoleLog.objects.get_or_create(run_id=run_id, defaults={"organization_id": organization_id})
        appending = _Appending(log)
        for text in texts:
            appending.add(text)
        if appending.rows:
            ConsoleChunk.objects.bulk_create(appending.rows)
            _drop_middle(log)
            log.save(force_update=True)
        note_heartbeat(run)
    return {ConsoleStream.STDOUT: log.stdout_bytes, ConsoleStream.STDERR: log.stderr_bytes}


@dataclass
class _Appending:
    log: ConsoleLog
    rows: list[ConsoleChunk] = field(default_factory=list)

    def add(self, text: ConsoleText) -> None:
        log, counter = self.log, f"{text.stream}_bytes"
        expected: int = getattr(log, counter)
        if text.offset > expected:
            raise ConsoleGap(log.run_id, text.stream, offset=text.offset, expected=expected)
        data = encode_console(text.text)[expected - text.offset :]
        if not data:
            return
        log.last_sequence += 1
        self.rows.append(
            ConsoleChunk(
                organization_id=log.organization_id,
                run_id=log.run_id,
                sequence=log.last_sequence,
                stream=text.stream,
                offset=expected,
                size_bytes=len(data),
                text=storable_console(data),
                at=text.at,
            )
        )
        setattr(log, counter, expected + len(data))
        log.kept_bytes += len(data)
        if log.kept_bytes <= CONSOLE_HEAD_BYTES and not log.dropped_sequence:
            log.head_sequence = log.last_sequence


def _drop_middle(log: ConsoleLog) -> None:
    """The oldest chunks after the head, until the rest fits."""
    while log.kept_bytes > CONSOLE_BYTES:
        first = max(log.head_sequence, log.dropped_sequence) + 1
        chunks = ConsoleChunk.objects.filter(run_id=log.run_id, sequence__gte=first, sequence__lt=log.last_sequence)
        sizes = list(chunks.order_by("sequence").values_list("sequence", "size_bytes")[:_DROPPED_AT_ONCE])
        if not sizes:
            return
        for sequence, size_bytes in sizes:
            log.dropped_sequence = sequence
            log.dropped_bytes += size_bytes
            log.kept_bytes -= size_bytes
            if log.kept_bytes <= CONSOLE_BYTES:
                break
        chunks.filter(sequence__lte=log.dropped_sequence).delete()


def _check(texts: Sequence[ConsoleText]) -> None:
    if len(texts) > CHUNKS_PER_REQUEST:
        raise Invalid(f"A request may hold {CHUNKS_PER_REQUEST} chunks, not {len(texts)}: send several.", field="chunks")
    for text in texts:
        if text.offset < 0:
            raise Invalid(f"The offset of a chunk counts bytes from 0, not {text.offset}.", field="offset")
        size_bytes = len(encode_console(text.text))
        if size_bytes > CHUNK_BYTES:
            raise Invalid(f"A chunk may hold {CHUNK_BYTES:,} bytes, not {size_bytes:,}: send several.", field="text")
