"""Output on its way to the server: what Python writes to stdout and stderr, copied as it is written.

The copy is taken where Python writes (`sys.stdout.write`), not at the file descriptor: the terminal stays a terminal, nothing
stands between a crash and its last words, and no process that was left behind loses its output. What C code or other processes
write is therefore not copied.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

BUFFER_CHARACTERS = 8 * 1024 * 1024
"""Waiting to be sent, while the server is slow or away; beyond it the oldest output is left out."""

PIECES_AT_ONCE = 60
STREAMS = ("stdout", "stderr")


@dataclass(slots=True)
class Piece:
    """owner: number of the run start that it belongs to; 0 before any."""

    owner: int
    stream: str
    at: datetime
    text: str


class ConsoleBuffer:
    """Written by the training's threads, emptied by the recorder's."""

    def __init__(self, *, limit_characters: int = BUFFER_CHARACTERS) -> None:
        self.owner = 0
        self._pieces: deque[Piece] = deque()
        self._waiting = 0
        self._omitted = 0
        self._limit = limit_characters
        self._lock = threading.RLock()  # a signal handler may print while its own thread is in here

    def add(self, stream: str, text: str) -> None:
        """Never waits for more than another add."""
        with self._lock:
            last = self._pieces[-1] if self._pieces else None
            if last and last.owner == self.owner and last.stream == stream and len(last.text) < 4096:
                last.text += text
            else:
                self._pieces.append(Piece(self.owner, stream, datetime.now(UTC), text))
            self._waiting += len(text)
            while self._waiting > self._limit:
                self._omit(self._pieces.popleft())

    def find_owner(self) -> int | None:
        """Of the oldest output that waits."""
        with self._lock:
            return self._pieces[0].owner if self._pieces else None

    def take(self, owner: int, *, limit_characters: int) -> list[Piece]:
        """The oldest output, about so much and all of one owner; it is no longer here then."""
        taken: list[Piece] = []
        with self._lock:
            room = limit_characters
            while self._pieces and self._pieces[0].owner == owner and room > 0 and len(taken) < PIECES_AT_ONCE:
                taken.append(self._take_first(room))
                room -= len(taken[-1].text)
            if taken and self._omitted:
                note = f"[assay: {self._omitted} characters of output were left out, the server did not keep up]\n"
                taken.insert(0, Piece(taken[0].owner, taken[0].stream, taken[0].at, note))
                self._omitted = 0
        return taken

    def _take_first(self, room: int) -> Piece:
        first = self._pieces[0]
        piece = Piece(first.owner, first.stream, first.at, first.text[:room])
        first.text = first.text[room:]
        self._waiting -= len(piece.text)
        if not first.text:
            self._pieces.popleft()
        return piece

    def _omit(self, piece: Piece) -> None:
        excess = max(self._waiting - self._limit, 0)
        rest = piece.text[excess:]
        self._omitted += len(piece.text) - len(rest)
        self._waiting -= len(piece.text) - len(rest)
        if rest:
            self._pieces.appendleft(Piece(piece.owner, piece.stream, piece.at, rest))


class Tee:
    """Copies what is written to a stream from now on; the stream itself stays what it is."""

    def __init__(self, name: str, buffer: ConsoleBuffer) -> None:
        self.name, self.buffer = name, buffer
        self._stream: TextIO | None = None
        self._write: Callable[[str], int] | None = None

    def install(self) -> bool:
        """returns: whether the stream lets itself be copied."""
        stream = getattr(sys, self.name)
        original = getattr(stream, "write", None)
        if original is None:
            return False

        def write(text: str) -> int:
            written: int = original(text)
            if isinstance(text, str):
                self.buffer.add(self.name, text)
            return written

        try:
            stream.write = write
        except AttributeError:
            return False
        self._stream, self._write = stream, write
        return True

    def remove(self) -> None:
        """Nothing where somebody else has put something over it since."""
        if self._stream is not None and self._stream.__dict__.get("write") is self._write:
            del self._stream.__dict__["write"]
        self._stream = None
