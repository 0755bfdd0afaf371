"""Sends a bill to the server and waits until it is read."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from assay_client.archives import ArchiveBody
from assay_client.failures import ClientFailed
from assay_client.server import JsonObject, Server

ENDED = frozenset({"imported", "unchanged", "superseded"})
ENDINGS = (".csv", ".gz", ".parquet", ".zip", ".json")
"""Of files in a folder; .json is a manifest."""
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


def import_bill(server: Server, paths: Sequence[Path], *, source: str, timeout_seconds: int) -> JsonObject:
    """Returns the finished import. raises: ClientFailed with the server's message when it refused the bill."""
    console = Console(stderr=True)
    files = find_files(paths)
    received = _send(server, files, source=source, console=console)
    number = str(received["id"])
    with console.status("reading the bill") if console.is_terminal else nullcontext():
        for state in _states(server, number, timeout_seconds=timeout_seconds):
            if state["state"] == "refused":
                raise ClientFailed(f"The bill was refused: {state['message']}")
            if state["state"] in ENDED:
                return state
    raise ClientFailed(f"The bill is not read after {timeout_seconds} s; it goes on as import {number}. Is a worker running?")


def preview_bill(server: Server, paths: Sequence[Path], *, source: str) -> JsonObject:
    """What an import would change; nothing is kept. raises: ClientFailed with the server's message when it would refuse the bill."""
    found = _send(server, find_files(paths), source=source, console=Console(stderr=True), dry_run=True)
    if found["state"] == "refused":
        raise ClientFailed(f"The bill would be refused: {found['message']}")
    return found


def find_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """(name, path) of the files of a delivery; of folders all that may belong to it. raises: ClientFailed when there are none."""
    found: dict[str, Path] = {}
    for path in paths:
        inside = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for one in inside:
            name = one.relative_to(path).as_posix() if path.is_dir() else one.name
            if path.is_dir() and not name.lower().endswith(ENDINGS):
                continue
            if name in found:
                raise ClientFailed(f"{one} and {found[name]} have one name; send them by themselves.")
            found[name] = one
    if not found:
        raise ClientFailed(f"{', '.join(map(str, paths))}: there is no CSV, CSV.gz or Parquet file.")
    return list(found.items())


def _send(
    server: Server, files: Sequence[tuple[str, Path]], *, source: str, console: Console, dry_run: bool = False
) -> JsonObject:
    for _, path in files:
        if not path.stat().st_size:
            raise ClientFailed(f"{path} is empty; a bill has at least its header.")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with progress, ExitStack() as opened:
        total = sum(path.stat().st_size for _, path in files)
        task = progress.add_task(f"sending {files[0][0] if len(files) == 1 else f'{len(files)} files'}", total=total)

        def report(count: int) -> None:
            progress.advance(task, count)

        params = {"source": source} | ({"dry_run": "true"} if dry_run else {})
        if len(files) > 1:
            body = ArchiveBody(files, report=report)
            return server.upload("costs", "imports", body=body, params=params, content_type="application/x-tar")
        [(_, path)] = files
        content = opened.enter_context(path.open("rb"))
        alone = FileBody(content, size_bytes=total, report=report)
        return server.upload("costs", "imports", body=alone, params=params | {"filename": path.name})


def _states(server: Server, number: str, *, timeout_seconds: int) -> Iterator[JsonObject]:
    deadline, wait = time.monotonic() + timeout_seconds, FIRST_WAIT_SECONDS
    while True:
        yield server.get("costs", "imports", number)
        if time.monotonic() > deadline:
            return
        time.sleep(wait)
        wait = min(wait * 1.5, LONGEST_WAIT_SECONDS)
