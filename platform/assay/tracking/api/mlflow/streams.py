"""Bytes of requests and answers in blocks: nothing is held in memory, and no database connection is held meanwhile."""

import os
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

from assay.core.errors import Invalid
from assay.tracking.domain.artifact_stores import Writable
from assay.tracking.domain.artifacts import guess_type

BLOCK = 1024 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def release_connection() -> None:
    if not connection.in_atomic_block:
        connection.close()


def receive(request: HttpRequest, file: Writable) -> int:
    """Write the body to a file. returns: its size in bytes. raises: Invalid when it ends early."""
    announced, stream = _body_of(request)
    received = sum(map(file.write, _blocks(stream)))
    if announced is not None and received != announced:
        raise Invalid(f"The upload was cut off: {received} of {announced} bytes came. Nothing was stored; send it again.")
    return received


def send(request: HttpRequest, file: BinaryIO, path: str) -> HttpResponseBase:
    """A file, or the one range of it that was asked for, to be saved and never shown."""
    size, name = file.seek(0, os.SEEK_END), path.rsplit("/", 1)[-1]
    wanted = _wanted_range(request.headers.get("Range", ""), size)
    if wanted is not None and len(wanted) == 0:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, length = (0, size) if wanted is None else (wanted.start, len(wanted))
    file.seek(start)
    is_whole = wanted is None and request.method != "HEAD"
    part = file if is_whole else _Slice(file, 0 if request.method == "HEAD" else length)
    response = FileResponse(part, as_attachment=True, filename=name, content_type=guess_type(name))
    response.block_size = BLOCK
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(length)
    if wanted is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    return response


class _Slice:
    """Length bytes of a file from where it stands."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self.file, self.left = file, length

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(block)
        return block

    def close(self) -> None:
        self.file.close()


def _body_of(request: HttpRequest) -> tuple[int | None, Readable]:
    """The announced length and the stream; a chunked body announces none and ends by itself."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return None, request.META["wsgi.input"]
    try:
        announced = int(request.headers.get("Content-Length") or 0)
    except ValueError as error:
        raise Invalid("Content-Length is not a number.") from error
    return announced, request


def _blocks(stream: Readable) -> Iterator[bytes]:
    read: Callable[[], bytes] = lambda: stream.read(BLOCK)  # noqa: E731  iter needs a callable
    return iter(read, b"")


def _wanted_range(header: str, size: int) -> range | None:
    """The bytes of a single range; None for the whole file, also when the header cannot be read; empty for none there."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or header.strip() == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    stop = min(int(last) + 1, size) if last else size
    return range(int(first), max(stop, int(first)))
