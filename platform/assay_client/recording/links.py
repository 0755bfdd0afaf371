"""What is sent about one run: marks, source, console, heartbeats, load. Used by the recorder's thread alone, but for `add_mark`."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from assay_client.failures import ClientFailed, ServerRefused
from assay_client.recording.consoles import Piece
from assay_client.recording.loads import LoadMeter
from assay_client.recording.sources import find_source, git_tags
from assay_client.server import PASSING, JsonObject, Server, ServerUnreachable

log = logging.getLogger("assay_client")

HEARTBEAT_SECONDS = 20.0
LOAD_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0
MARKS_AT_ONCE = 100
MARKS_LIMIT = 10_000
CHUNK_CHARACTERS = 60_000
ENDED = frozenset({"FINISHED", "FAILED", "KILLED"})


class Feature(StrEnum):
    CONSOLE = "console"
    SOURCE = "source"
    HEARTBEAT = "heartbeat"
    MONITOR = "monitor"


class RunLink:
    """features: what is recorded; a run that is only marked has none. read_seconds: a clock that never goes back."""

    def __init__(
        self,
        server: Server,
        run_id: str,
        features: frozenset[Feature] = frozenset(),
        *,
        read_seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.server, self.run_id = server, run_id
        self.features: frozenset[Feature] = frozenset()
        self.ended = False
        self._read_seconds = read_seconds
        self._marks: deque[JsonObject] = deque(maxlen=MARKS_LIMIT)
        self._chunks: list[JsonObject] = []
        self._pieces: deque[Piece] = deque()
        self._offsets: dict[str, int] | None = None
        self._source_due = False
        self._heartbeat_at = self._load_at = read_seconds()
        self._meter: LoadMeter | None = None
        self._pause_seconds, self._paused_until = 0.5, 0.0
        self._refused: set[str] = set()
        self.record(features)

    def record(self, features: frozenset[Feature]) -> None:
        """These from now on, beside those before."""
        self._source_due = self._source_due or Feature.SOURCE in features - self.features
        self.features |= features

    def add_mark(self, mark: JsonObject) -> None:
        if "marks" not in self._refused:
            self._marks.append(mark)

    def add_output(self, pieces: Sequence[Piece]) -> None:
        """Dropped once the server has refused this run's console for good."""
        if "console" not in self._refused:
            self._pieces.extend(pieces)

    @property
    def has_output(self) -> bool:
        """While it has some, no more is added: what waits is bounded by the buffer that it comes from."""
        return bool(self._pieces or self._chunks)

    @property
    def is_idle(self) -> bool:
        return not (self._marks or self.has_output or self._source_due)

    def work(self, *, is_last: bool = False) -> None:
        """Send what is due. A server that does not answer is asked again later, ever more rarely; is_last: now or never."""
        if self._read_seconds() < self._paused_until and not is_last:
            return
        try:
            for part, send in (
                ("heartbeats", self._send_heartbeat), ("marks", self._send_marks), ("console", self._send_output),
                ("source", self._send_source), ("load", self._send_load),
            ):  # fmt: skip
                self._try(part, send)
        except ServerUnreachable:
            self._paused_until = self._read_seconds() + self._pause_seconds
            self._pause_seconds = min(2 * self._pause_seconds, LONGEST_PAUSE_SECONDS)
            return
        self._pause_seconds = 0.5

    def _try(self, part: str, send: Callable[[], None]) -> None:
        """raises: ServerUnreachable, also for a server that is busy; any other refusal ends this part of the run's record."""
        if part in self._refused:
            return
        try:
            send()
        except ServerRefused as error:
            if error.status in PASSING or error.status >= 500:
                raise ServerUnreachable(str(error)) from error
            self._give_up(part, error)

    def _give_up(self, part: str, error: ClientFailed) -> None:
        self._refused.add(part)
        if part == "marks":
            self._marks.clear()
        if part == "console":
            self._pieces.clear()
            self._chunks.clear()
        self._source_due = self._source_due and part != "source"
        log.warning("Assay records no %s of run %s any more: %s", part, self.run_id, error)

    def _send_heartbeat(self) -> None:
        if Feature.HEARTBEAT not in self.features or self.ended or self._read_seconds() < self._heartbeat_at:
            return
        self._heartbeat_at = self._read_seconds() + HEARTBEAT_SECONDS
        self.ended = self.server.post("runs", self.run_id, "heartbeat").get("status") in ENDED

    def _send_marks(self) -> None:
        while self._marks:
            batch = [self._marks[index] for index in range(min(len(self._marks), MARKS_AT_ONCE))]
            self.server.post("runs", self.run_id, "events", body={"events": batch})
            for _ in batch:
                self._marks.popleft()

    def _send_source(self) -> None:
        if not self._source_due:
            return
        source = find_source()
        self.server.put("runs", self.run_id, "source", body=source)
        tags = git_tags(source)
        if tags:
            self.server.log_batch(self.run_id, tags=tags)
        self._source_due = False

    def _send_output(self) -> None:
        """A request that may have come through is repeated word for word, so that the server knows it again."""
        if not self.has_output:
            return
        if self._offsets is None:
            received = self.server.post("runs", self.run_id, "console", body={"chunks": []})
            self._offsets = {name: int(received[name]) for name in ("stdout", "stderr")}
        if not self._chunks:
            self._chunks = self._next_chunks(self._offsets)
        try:
            received = self.server.post("runs", self.run_id, "console", body={"chunks": self._chunks})
        except ServerRefused as error:
            if error.status != 409 or error.code != "conflict":
                raise
            self._offsets = None  # somebody else writes to this run's console too: go on behind them
            self._pieces.extendleft(reversed([_piece_of(chunk) for chunk in self._chunks]))
            self._chunks = []
            raise ServerUnreachable(str(error)) from error
        self._offsets = {name: int(received[name]) for name in ("stdout", "stderr")}
        self._chunks = []

    def _next_chunks(self, offsets: dict[str, int]) -> list[JsonObject]:
        offsets, chunks = dict(offsets), []
        while self._pieces:
            piece = self._pieces.popleft()
            for start in range(0, len(piece.text), CHUNK_CHARACTERS):
                text = piece.text[start : start + CHUNK_CHARACTERS]
                chunks.append(
                    {"stream": piece.stream, "offset": offsets[piece.stream], "text": text, "at": piece.at.isoformat()}
                )
                offsets[piece.stream] += len(text.encode("utf-8", "surrogatepass"))
        return chunks

    def _send_load(self) -> None:
        if Feature.MONITOR not in self.features or self.ended or self._read_seconds() < self._load_at:
            return
        self._load_at = self._read_seconds() + LOAD_SECONDS
        self._meter = self._meter or LoadMeter()
        metrics = self._meter.measure()
        if metrics:
            self.server.log_batch(self.run_id, metrics=metrics)


def _piece_of(chunk: JsonObject) -> Piece:
    return Piece(0, chunk["stream"], datetime.fromisoformat(chunk["at"]), chunk["text"])
