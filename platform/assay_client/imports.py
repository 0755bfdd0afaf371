"""Sends a bill to the server and waits until it is read."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from assay_client.failures import ClientFailed
from assay_client.server import JsonObject, Server

ENDED = frozenset({"imported", "unchanged"})
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 2.0
BLOCK_BYTES = 1 << 18


class FileBody:
    """A request body of known length that is read block by block.

    report: called with the count of bytes handed over since the last call.
    """

    def __init__(self, file: BinaryIO, *, size_bytes: int, report: Callable[[int], None]) -> None:
        self._file = file
        self._size_bytes = size_bytes
        self._report = report

    def __len__(self) -> int:
        return self._size_bytes

    def __iter__(self) -> Iterator[bytes]:
        while block := self._file.read(BLOCK_BYTES):
            yield block
            self._report(len(block))


def import_bill(server: Server, file: Path, *, source: str, timeout_seconds: int) -> JsonObject:
    """Returns the finished import. raises: ClientFailed with the server's message when it refused the bill."""
    console = Console(stderr=True)
    received = _send(server, file, source=source, console=console)
    number = str(received["id"])
    with console.status(f"reading {file.name}") if console.is_terminal else nullcontext():
        for state in _states(server, number, timeout_seconds=timeout_seconds):
            if state["state"] == "refused":
                raise ClientFailed(f"The bill was refused: {state['message']}")
            if state["state"] in ENDED:
                return state
    raise ClientFailed(f"{file} is not read after {timeout_seconds} s; it goes on as import {number}. Is a worker running?")


def _send(server: Server, file: Path, *, source: str, console: Console) -> JsonObject:
    size = file.stat().st_size
    if not size:
        raise ClientFailed(f"{file} is empty; a bill has at least its header.")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with file.open("rb") as content, progress:
        task = progress.add_task(f"sending {file.name}", total=size)
        body = FileBody(content, size_bytes=size, report=lambda count: progress.advance(task, count))
        return server.upload("costs", "imports", body=body, params={"source": source, "filename": file.name})


def _states(server: Server, number: str, *, timeout_seconds: int) -> Iterator[JsonObject]:
    deadline, wait = time.monotonic() + timeout_seconds, FIRST_WAIT_SECONDS
    while True:
        yield server.get("costs", "imports", number)
        if time.monotonic() > deadline:
            return
        time.sleep(wait)
        wait = min(wait * 1.5, LONGEST_WAIT_SECONDS)
