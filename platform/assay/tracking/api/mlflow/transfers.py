"""Artifact bytes, up and down, in blocks: nothing is held in memory and no database connection is held meanwhile."""

import os
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission
from assay.core import tenancy
from assay.core.errors import Invalid
from assay.tracking.api.mlflow.artifacts import locate_in_run
from assay.tracking.api.mlflow.calls import Call, admit
from assay.tracking.domain.artifacts import guess_type
from assay.tracking.services.artifacts import delete_files, open_for_read, open_for_write

BLOCK = 1024 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def put_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file is in its place and on disk before the answer. A body that ends early leaves nothing."""
    principal = _admit(request, Permission.TRACKING_WRITE)
    announced, stream = _body_of(request)
    with open_for_write(principal.organization_id, path) as file:
        received = sum(map(file.write, _blocks(stream)))
        if announced is not None and received != announced:
            raise Invalid(f"The upload was cut off: {received} of {announced} bytes came. Nothing was stored; send it again.")
    return HttpResponse(b"{}", content_type="application/json")


def get_file(request: HttpRequest, path: str) -> HttpResponseBase:
    principal = _admit(request, Permission.TRACKING_READ)
    return _send(request, open_for_read(principal.organization_id, path), path)


def delete_file(request: HttpRequest, path: str) -> HttpResponseBase:
    principal = _admit(request, Permission.TRACKING_WRITE)
    delete_files(principal.organization_id, path)
    return HttpResponse(b"{}", content_type="application/json")


def get_file_of_run(request: HttpRequest) -> HttpResponseBase:
    principal = admit(request, Permission.TRACKING_READ)
    with tenancy.scope(principal.organization_id):
        path = locate_in_run(Call(principal), request.GET.get("run_id"), request.GET.get("path"))
    _release_connection()
    return _send(request, open_for_read(principal.organization_id, path), path)


def _admit(request: HttpRequest, permission: Permission) -> Principal:
    principal = admit(request, permission)
    _release_connection()
    return principal


def _release_connection() -> None:
    if not connection.in_atomic_block:
        connection.close()


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


def _send(request: HttpRequest, file: BinaryIO, path: str) -> HttpResponseBase:
    size, name = os.fstat(file.fileno()).st_size, path.rsplit("/", 1)[-1]
    wanted = _wanted_range(request.headers.get("Range", ""), size)
    if wanted is not None and len(wanted) == 0:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part: BinaryIO | _Slice = file
    if wanted is not None:
        file.seek(wanted.start)
        part = _Slice(file, len(wanted))
    response = FileResponse(part, as_attachment=True, filename=name, content_type=guess_type(name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(size if wanted is None else len(wanted))
    if wanted is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    return response


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
