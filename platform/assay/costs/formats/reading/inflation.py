"""Gzipped files as pipes out of which one statement reads their text, inflated and compared with its checksum on the way."""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from isal import igzip

from assay.costs.formats.reading.files import BLOCK_BYTES, BillFile, FileKind

PIPE_BYTES = 1 << 20
PATIENCE_SECONDS = 0.01


@contextmanager
def inflating(files: Sequence[BillFile], *, folder: Path) -> Iterator[Mapping[BillFile, BillFile]]:
    """Gzipped file → pipe of CSV that can be read once. folder: for the pipes, not there yet.

    raises: on leaving, what broke in a file: its reader saw an early end, so that what it made of it does not count.
    """
    folder.mkdir()
    gzipped = [bill_file for bill_file in files if bill_file.kind is FileKind.CSV_GZ]
    pipes = {each: BillFile(folder / f"{number}.csv", each.name, FileKind.CSV) for number, each in enumerate(gzipped)}
    inflations = [_Inflation(bill_file.path, pipe.path) for bill_file, pipe in pipes.items()]
    try:
        for inflation in inflations:
            inflation.start()
        yield pipes
    finally:
        for inflation in inflations:
            inflation.end()
    for inflation in inflations:
        if inflation.error is not None:
            raise inflation.error


class _Inflation(Thread):
    """error: what broke, once the thread has ended."""

    def __init__(self, path: Path, pipe: Path) -> None:
        super().__init__(name=f"inflate {path.name}", daemon=True)
        self.error: Exception | None = None
        self._path, self._pipe = path, pipe
        os.mkfifo(pipe, 0o600)

    def run(self) -> None:
        """Opening the pipe waits for its reader; a reader that ends early wants no more."""
        try:
            with self._pipe.open("wb", buffering=0) as pipe, suppress(BrokenPipeError):
                with suppress(OSError):  # beyond what one user may have in pipes, they are smaller
                    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
                self._inflate(pipe.fileno())
        except Exception as error:
            self.error = error

    def end(self) -> None:
        """Wait for the thread, and be the reader that it waits for where nobody has read."""
        while self.is_alive():
            os.close(os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK))
            self.join(PATIENCE_SECONDS)

    def _inflate(self, pipe: int) -> None:
        buffer = memoryview(bytearray(BLOCK_BYTES))
        with igzip.open(self._path, "rb") as plain:
            while count := plain.readinto(buffer):
                written = 0
                while written < count:
                    written += os.write(pipe, buffer[written:count])
