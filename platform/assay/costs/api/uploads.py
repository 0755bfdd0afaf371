"""Files as raw bodies of requests, read piece by piece."""

from collections.abc import Iterator
from typing import BinaryIO, cast

from django.http import HttpRequest, UnreadablePostError

from assay.core.errors import Invalid

CHUNK_BYTES = 1 << 20


def read_file(request: HttpRequest) -> Iterator[bytes]:
    """The body in pieces; at its end it is known to be whole. raises: Invalid for forms and for bodies that break off."""
    if request.content_type is not None and request.content_type.startswith("multipart/"):
        raise Invalid("Send the file itself as the body, not a form: curl --data-binary @FILE, or -T FILE.")
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
        yield from _read(cast(BinaryIO, request.META["wsgi.input"]))
        return
    expected, received = int(request.headers.get("Content-Length") or 0), 0
    try:
        for chunk in _read(cast(BinaryIO, request)):
            received += len(chunk)
            yield chunk
    except UnreadablePostError as error:
        raise _broken_off(received, expected) from error
    if received != expected:
        raise _broken_off(received, expected)


def _broken_off(received: int, expected: int) -> Invalid:
    return Invalid(f"The connection broke off after {received} of {expected} bytes: send the file again.", received=received)


def _read(stream: BinaryIO) -> Iterator[bytes]:
    """Django itself gives nothing of a chunked body, which the server below it ends where the sender did."""
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk
