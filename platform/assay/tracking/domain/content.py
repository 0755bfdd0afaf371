"""What a run holds beyond metrics, params and tags: its stages and milestones, its console, its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

NOTE_TAG = "mlflow.note.content"
"""A run's note is this tag, so that every client and page shows the same text."""

KIB, MIB = 1024, 1024 * 1024
EVENT_NAME_LENGTH = 250
EVENTS_PER_REQUEST = 100
EVENTS_PER_RUN = 10_000
CHUNK_BYTES = 256 * KIB
CHUNKS_PER_REQUEST = 64
CONSOLE_BYTES = 64 * MIB
"""Kept of a run's console: its first CONSOLE_HEAD_BYTES and the latest of the rest; what lies between is dropped."""
CONSOLE_HEAD_BYTES = 16 * MIB
DIFF_BYTES = MIB
PACKAGES_LIMIT = 5_000
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class EventKind(StrEnum):
    STAGE = "stage"
    MILESTONE = "milestone"


class ConsoleStream(StrEnum):
    STDOUT = "stdout"
    STDERR = "stderr"


@dataclass(frozen=True, slots=True)
class Event:
    """A mark on a run's charts. key: made by the client, so that a repeated request adds nothing. step: None when it has none."""

    key: UUID
    kind: EventKind
    name: str
    at: datetime
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run over [started_at, ended_at). ended_at: None while it lasts. step: at its start."""

    key: UUID
    name: str
    started_at: datetime
    ended_at: datetime | None
    step: int | None = None


def stages_of(events: Sequence[Event], *, run_ended_at: datetime | None) -> tuple[Stage, ...]:
    """Each stage lasts until the next one, the last until the run's end.

    events: in order of time; milestones are left out. run_ended_at: None while the run runs; one before the last stage's
    start, as a clock that was set back gives, ends that stage where it starts.
    """
    starts = [event for event in events if event.kind is EventKind.STAGE]
    ends = [*(event.at for event in starts[1:]), run_ended_at]
    return tuple(
        Stage(event.key, event.name, event.at, None if end is None else max(end, event.at), event.step)
        for event, end in zip(starts, ends, strict=False)
    )


@dataclass(frozen=True, slots=True)
class ConsoleText:
    """What a client sends. offset: bytes of UTF-8 that it sent of the stream before; text: as written, escapes included."""

    stream: ConsoleStream
    offset: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsoleChunk:
    """sequence: place among the run's chunks of both streams, from 1. follows_gap: what came before it was dropped."""

    sequence: int
    stream: ConsoleStream
    offset: int
    text: str
    at: datetime
    follows_gap: bool = False


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """chunks: in the order they came. cursor: `after` of the next read, also when nothing came. has_more: there is more already.

    first_sequence: of the first chunk here, 0 without any. dropped_bytes: left out of the middle for good.
    is_live: the run has not ended, so more may come.
    """

    chunks: tuple[ConsoleChunk, ...]
    cursor: int
    has_more: bool
    dropped_bytes: int
    is_live: bool

    @property
    def first_sequence(self) -> int:
        return self.chunks[0].sequence if self.chunks else 0


def encode_console(text: str) -> bytes:
    """As the offsets count it: UTF-8, three bytes for half of a surrogate pair."""
    return text.encode("utf-8", "surrogatepass")


def storable_console(data: bytes) -> str:
    """What is not UTF-8, and NUL, which PostgreSQL cannot store, become the replacement character."""
    return data.decode("utf-8", "replace").replace("\x00", REPLACEMENT)


@dataclass(frozen=True, slots=True)
class Source:
    """The code and surroundings that a run was started with; empty text for what is not known.

    commit, branch, remote: of the git repository that holds the script. is_dirty: tracked files differ from the commit; None
    when not known. diff: against the commit, unified; of tracked files alone. diff_omitted_bytes: cut off at its end.
    command: as typed, secrets masked. folder: working directory. packages: name to version; packages_digest: SHA-256 over their
    sorted `name==version` lines, made by the server.
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
    packages: Mapping[str, str] = field(default_factory=dict)
    packages_digest: str = ""
    recorded_at: datetime | None = None
