"""Bodies of what a run holds."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from assay.tracking.domain.content import (
    CHUNKS_PER_REQUEST,
    EVENTS_PER_REQUEST,
    ConsoleChunk,
    ConsolePage,
    ConsoleStream,
    Event,
    EventKind,
    Source,
    Stage,
)
from assay.tracking.domain.states import RunStatus


class EventIn(Schema):
    """key: made by the client; a second event of the same key is the same event. at: now when absent."""

    key: UUID
    kind: EventKind
    name: str
    at: AwareDatetime | None = None
    step: int | None = None


class EventsIn(Schema):
    events: Annotated[list[EventIn], Field(max_length=EVENTS_PER_REQUEST)]


class EventOut(Schema):
    """ended_at: of a stage: when the next one began or the run ended, null while it lasts; of a milestone always null."""

    key: UUID
    kind: EventKind
    name: str
    at: datetime
    step: int | None
    ended_at: datetime | None

    @classmethod
    def of(cls, event: Event, stage: Stage | None) -> Self:
        return cls(
            key=event.key,
            kind=event.kind,
            name=event.name,
            at=event.at,
            step=event.step,
            ended_at=stage.ended_at if stage else None,
        )


class EventList(Schema):
    items: list[EventOut]
    next_cursor: None = None


class ChunkIn(Schema):
    """offset: bytes of UTF-8 that were sent of this stream before. at: now when absent."""

    stream: ConsoleStream
    offset: int
    text: str
    at: AwareDatetime | None = None


class ConsoleIn(Schema):
    chunks: Annotated[list[ChunkIn], Field(max_length=CHUNKS_PER_REQUEST)]


class ReceivedOut(Schema):
    """The offsets that are expected next."""

    stdout: int
    stderr: int


class ChunkOut(Schema):
    """follows_gap: output before it was dropped, because the console is longer than what is kept."""

    sequence: int
    stream: ConsoleStream
    offset: int
    text: str
    at: datetime
    follows_gap: bool

    @classmethod
    def of(cls, chunk: ConsoleChunk) -> Self:
        return cls(
            sequence=chunk.sequence,
            stream=chunk.stream,
            offset=chunk.offset,
            text=chunk.text,
            at=chunk.at,
            follows_gap=chunk.follows_gap,
        )


class ConsoleOut(Schema):
    """next_cursor: `after` of the next read, given also at the end, where more may come while is_live."""

    items: list[ChunkOut]
    next_cursor: int
    has_more: bool
    dropped_bytes: int
    is_live: bool

    @classmethod
    def of(cls, page: ConsolePage) -> Self:
        return cls(
            items=[ChunkOut.of(chunk) for chunk in page.chunks],
            next_cursor=page.cursor,
            has_more=page.has_more,
            dropped_bytes=page.dropped_bytes,
            is_live=page.is_live,
        )


class SourceIn(Schema):
    """commit, branch, remote: of the git repository. diff: of tracked files against the commit, at most 1 MiB.

    diff_omitted_bytes: cut off its end. packages: name to version.
    """

    commit: str = ""
    branch: str = ""
    remote: str = ""
    is_dirty: bool | None = None
    diff: str = ""
    diff_omitted_bytes: int = 0
    command: str = ""
    entry_point: str = ""
    folder: str = ""
    host: str = ""
    operating_system: str = ""
    python_version: str = ""
    packages: dict[str, str] = {}

    def to_source(self) -> Source:
        return Source(**self.dict())


class SourceOut(SourceIn):
    """packages_digest: equal for equal packages."""

    packages_digest: str
    recorded_at: datetime | None

    @classmethod
    def of(cls, source: Source) -> Self:
        return cls.from_orm(source)


class HeartbeatOut(Schema):
    """status: of the run; its client stops when it has ended."""

    status: RunStatus
