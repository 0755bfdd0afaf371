"""The one background thread that speaks to the server, and what it knows: runs, starts of runs, waiting output.

A start is a run that MLflow is about to make: its id is not known yet, so the run is tagged with a mark and looked up by it.
Output belongs to the newest start that was not nested in another run; output before the first belongs to the first.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from assay_client.failures import ClientFailed, ServerRefused
from assay_client.recording.addressing import find_tracking_server
from assay_client.recording.consoles import STREAMS, ConsoleBuffer, Tee
from assay_client.recording.links import Feature, RunLink
from assay_client.server import JsonObject, Server

log = logging.getLogger("assay_client")

START_TAG = "assay.client.start"
TICK_SECONDS = 0.5
LOOKED_FOR_SECONDS = 60.0
MADE_AFTER_SECONDS = 0.2
CLOCK_SPARE_MS = 60_000
FLUSH_SECONDS = 5.0
TAKEN_CHARACTERS = 512 * 1024


@dataclass(slots=True)
class Start:
    """number: 1, 2, … of outermost runs; 0 for a nested one, whose output is its parent's. run_id: once found.

    since, look_at: when it was announced, and when it is looked up next, by a clock that never goes back.
    """

    number: int
    mark: str
    since: float
    look_at: float
    run_id: str = ""
    given_up: bool = False


class Recorder:
    """connect: makes the server's client, when first needed; raises ClientFailed where there is none."""

    def __init__(self, connect: Callable[[], Server] = lambda: Server(find_tracking_server(), pauses=())) -> None:
        self._connect = connect
        self._clear()

    def _clear(self) -> None:
        self.features: frozenset[Feature] = frozenset()
        self.buffer = ConsoleBuffer()
        self._server: Server | None = None
        self._tees: list[Tee] = []
        self._links: dict[str, RunLink] = {}
        self._starts: list[Start] = []
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._broken = False

    def capture(self, features: frozenset[Feature]) -> None:
        """From now on, for every run that is started."""
        self.features |= features
        if Feature.CONSOLE in features and not self._tees:
            self._tees = [tee for tee in (Tee(name, self.buffer) for name in STREAMS) if tee.install()]

    def expect_run(self, *, is_nested: bool) -> str:
        """A run is about to be made. returns: the mark that it is to be tagged with."""
        mark = uuid4().hex
        with self._lock:
            number = 0 if is_nested else self.buffer.owner + 1
            self._starts.append(Start(number, mark, time.monotonic(), time.monotonic() + MADE_AFTER_SECONDS))
            self.buffer.owner = number or self.buffer.owner
        self._begin()
        return mark

    def attach(self, run_id: str) -> None:
        """A run that is there already: capture it as one that has just been started."""
        with self._lock:
            self._link(run_id, self.features)
            if not any(start.run_id == run_id for start in self._starts):
                self.buffer.owner += 1
                self._starts.append(Start(self.buffer.owner, "", time.monotonic(), 0.0, run_id))
        self._begin()

    def add_mark(self, run_id: str, mark: JsonObject) -> None:
        with self._lock:
            self._link(run_id, frozenset()).add_mark(mark)
        self._begin()

    def stop(self, *, within_seconds: float = FLUSH_SECONDS) -> None:
        """Send what waits, but no longer than so."""
        for tee in self._tees:
            tee.remove()
        self._tees = []
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(within_seconds)

    def forget(self) -> None:
        """In a forked child, which has no thread: its runs and output are its parent's."""
        for tee in self._tees:
            tee.remove()
        self._clear()

    def _begin(self) -> None:
        self._wake.set()
        with self._lock:
            if self._thread is None and not self._broken:
                self._thread = threading.Thread(target=self._work, name="assay-recorder", daemon=True)
                self._thread.start()

    def _link(self, run_id: str, features: frozenset[Feature]) -> RunLink:
        """Called with the lock. raises: ClientFailed."""
        link = self._links.get(run_id)
        if link is None:
            link = self._links[run_id] = RunLink(self._server_of(), run_id)
        link.record(features)
        return link

    def _server_of(self) -> Server:
        """raises: ClientFailed."""
        if self._server is None:
            self._server = self._connect()
        return self._server

    def _work(self) -> None:
        try:
            while not self._stopping.is_set():
                self._wake.wait(TICK_SECONDS)
                self._wake.clear()
                self.turn()
            deadline = time.monotonic() + FLUSH_SECONDS
            while not self.turn(is_last=True) and time.monotonic() < deadline:
                time.sleep(0.1)
        except Exception as error:
            self._broken = True
            reason = str(error) if isinstance(error, ClientFailed) else repr(error)
            log.warning("Assay records nothing more of this process; the training is not affected: %s", reason)

    def turn(self, *, is_last: bool = False) -> bool:
        """One round. returns: whether nothing waits any more. raises: ClientFailed when there is no server to speak to."""
        for start in [one for one in self._starts if not one.run_id and not one.given_up]:
            if is_last or time.monotonic() >= start.look_at:
                self._look_up(start)
        self._move_output()
        with self._lock:
            self._links = {run_id: link for run_id, link in self._links.items() if not (link.ended and link.is_idle)}
            links = list(self._links.values())
        for link in links:
            link.work(is_last=is_last)
        waiting = self.buffer.find_owner() is not None and bool(self._starts)
        return not waiting and all(link.is_idle for link in links)

    def _look_up(self, start: Start) -> None:
        """By its mark, among the runs that began since: both times are this machine's."""
        waited = time.monotonic() - start.since
        start.look_at = time.monotonic() + min(max(waited, TICK_SECONDS), 5.0)
        try:
            since_ms = int((time.time() - waited) * 1000) - CLOCK_SPARE_MS
            asked = {"filter": f"attributes.start_time >= {since_ms} AND tags.`{START_TAG}` = '{start.mark}'", "limit": "1"}
            items = self._server_of().get("runs", params=asked)["items"]
        except ServerRefused as error:
            if error.status in {401, 403, 404}:
                raise
            items = []
        except ClientFailed:
            items = []
        if items:
            with self._lock:
                start.run_id = UUID(items[0]["id"]).hex
                self._link(start.run_id, self.features)
        elif waited > LOOKED_FOR_SECONDS:
            start.given_up = True

    def _move_output(self) -> None:
        """The oldest output to the run that it belongs to, once that is known and has sent what it had."""
        owner = self.buffer.find_owner()
        if owner is None:
            return
        with self._lock:
            outermost = [start for start in self._starts if start.number and not start.given_up]
            of_owner = [start for start in outermost if start.number <= max(owner, 1)] or outermost[:1]
            run_id = of_owner[-1].run_id if of_owner else ""
            link = self._link(run_id, frozenset()) if run_id else None
        if link is not None and not link.has_output:
            link.add_output(self.buffer.take(owner, limit_characters=TAKEN_CHARACTERS))


recorder = Recorder()
atexit.register(recorder.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=recorder.forget)
