"""What a run printed: its end at once, what follows as it comes, the whole as a file."""

from tempfile import SpooledTemporaryFile
from typing import Any, Final
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from assay.portal.domain.console_text import render_console, strip_escapes
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.run_pages import RunHead, read_head
from assay.tracking.domain.content import KIB, MIB, ConsolePage, ConsoleStream
from assay.tracking.selectors.console import read_console, tail_console

PAGE_BYTES: Final = 128 * KIB
DOWNLOADED_AT_ONCE: Final = 4 * MIB


def show_console(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    """The part of the run's page."""
    stream = _read_stream(request)
    found = tail_console(request.principal.organization_id, head.run.id, stream=stream, limit_bytes=PAGE_BYTES)
    return {
        **_describe(found, stream, head.run.id),
        "streams": (("", "Both"), ("stdout", "Output"), ("stderr", "Errors")),
        "earlier": found.first_sequence if found.has_more else None,
        "has_console_scripts": True,
    }


@page()
def follow_console(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """`after`: what came since; `before`: what came earlier."""
    organization_id, stream = request.principal.organization_id, _read_stream(request)
    before = _read_number(request, "before")
    if before is not None:
        found = tail_console(organization_id, run_id, before=before, stream=stream, limit_bytes=PAGE_BYTES)
        context = {**_describe(found, stream, run_id), "earlier": found.first_sequence if found.has_more else None}
        return render(request, "runs/_console_earlier.html", context)
    after = _read_number(request, "after") or 0
    found = read_console(organization_id, run_id, after=after, stream=stream, limit_bytes=PAGE_BYTES)
    return render(request, "runs/_console_later.html", _describe(found, stream, run_id))


@page()
def send_console(request: MemberRequest, run_id: UUID) -> FileResponse:
    """All that is kept, without the terminal's escapes."""
    organization_id, stream = request.principal.organization_id, _read_stream(request)
    read_head(organization_id, run_id)
    file = SpooledTemporaryFile(max_size=8 * MIB)  # noqa: SIM115  the response closes it
    cursor, has_more = 0, True
    while has_more:
        found = read_console(organization_id, run_id, after=cursor, stream=stream, limit_bytes=DOWNLOADED_AT_ONCE)
        for chunk in found.chunks:
            file.write(strip_escapes(chunk.text).encode("utf-8", "replace"))
        cursor, has_more = found.cursor, found.has_more
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{run_id.hex}-console.txt", content_type="text/plain; charset=utf-8"
    )


def _describe(found: ConsolePage, stream: ConsoleStream | None, run_id: UUID) -> dict[str, Any]:
    return {
        "passages": render_console(found.chunks),
        "console": found,
        "stream": stream.value if stream else "",
        "run_id": run_id,
    }


def _read_stream(request: MemberRequest) -> ConsoleStream | None:
    text = request.GET.get("stream", "")
    return ConsoleStream(text) if text in set(ConsoleStream) else None


def _read_number(request: MemberRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
