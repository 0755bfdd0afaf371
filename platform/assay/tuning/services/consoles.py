"""What a trial's command writes, into the console of its run while it runs."""

import codecs
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

import structlog
from django.db import close_old_connections

from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import AssayError
from assay.tracking.domain.content import KIB, ConsoleStream, ConsoleText
from assay.tracking.services.console import append_console
from assay.tuning.services.keeping import DATABASE_AWAY

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
PIECE_BYTES = 128 * KIB

_NOTE = re.compile(rb"\[(\d+) bytes of earlier output were left out\]\n")


class OutputFile:
    """A stream's file as workers.outputs keeps it: when it was cut, its first line says how many bytes of the stream are gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self) -> str:
        """What was written since, at most 128 KiB; with a line in place of what was cut before it was read."""
        try:
            with self.path.open("rb") as file:
                note = _NOTE.match(file.readline(200))
                gone, begin = (int(note[1]), note.end()) if note else (0, 0)
                missed = max(gone - self.position, 0)
                file.seek(begin + self.position + missed - gone)
                data = file.read(PIECE_BYTES)
        except FileNotFoundError:
            return ""
        self.position += missed + len(data)
        lost = f"[{missed} bytes of output were left out]\n" if missed else ""
        return lost + self._decoder.decode(data)


class ConsoleFollower:
    """Follows an attempt's output. Its end is not its own: a console that cannot be written leaves the trial alone."""

    def __init__(
        self, organization_id: UUID, run_id: UUID, folder: Path, *, read_seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.organization_id, self.run_id = organization_id, run_id
        self._files = {stream: OutputFile(folder / f"{stream}.txt") for stream in ConsoleStream}
        self._waiting: dict[ConsoleStream, str] = {}
        self._read_seconds = read_seconds
        self._due = read_seconds()
        self._given_up = False

    def follow(self) -> None:
        """Called at any rate."""
        if self._read_seconds() >= self._due:
            self._due = self._read_seconds() + LOOK_SECONDS
            self._move()

    def finish(self) -> None:
        """The rest, when the command has ended."""
        while self._move():
            continue

    def _move(self) -> bool:
        """returns: whether something was moved."""
        if self._given_up:
            return False
        for stream, file in self._files.items():
            if stream not in self._waiting and (text := file.read()):
                self._waiting[stream] = text
        if not self._waiting:
            return False
        try:
            with tenancy.scope(self.organization_id):
                self._append(self._waiting)
        except DATABASE_AWAY as error:
            log.warning("trial_console_not_written", run_id=str(self.run_id), reason=str(error))
            close_old_connections()
            return False
        except AssayError as error:
            log.warning("trial_console_given_up", run_id=str(self.run_id), reason=error.message)
            self._given_up = True
            return False
        self._waiting = {}
        return True

    def _append(self, texts: Mapping[ConsoleStream, str]) -> None:
        """Nobody else writes this run's console, unless its command records it itself: then this comes after what it wrote."""
        expected, at = append_console(self.organization_id, self.run_id, []), now()
        pieces = [ConsoleText(stream, expected[stream], text, at) for stream, text in texts.items()]
        append_console(self.organization_id, self.run_id, pieces)
