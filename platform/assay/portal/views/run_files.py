"""The files of a run: the tab of its page, and the bytes of one file."""

from posixpath import dirname
from typing import Any
from uuid import UUID

from django.http import FileResponse

from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors import file_previews, run_files
from assay.portal.selectors.run_pages import RunHead, read_head
from assay.tracking.domain.artifacts import guess_type

FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
SHOWN_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "text/html"}
"""What a browser may show itself, behind a policy that forbids scripts and gives it no origin."""

BLOCK = 1024 * 1024


def show_files(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    """state: path, the open folder; file, the chosen one; view=source for the text of a page."""
    organization_id = request.principal.organization_id
    chosen = request.GET.get("file", "").strip("/")
    folder = request.GET.get("path", dirname(chosen)).strip("/")
    entries = run_files.list_tree(organization_id, head.run, folder)
    chosen = chosen or run_files.first_file(entries, folder)
    as_source = request.GET.get("view") == "source"
    read = file_previews.read_source if as_source else file_previews.read_preview
    here = [entry for entry in entries if entry.parent == folder and not entry.is_folder]
    return {
        "folder": folder,
        "entries": entries,
        "file_count": len(here),
        "folder_bytes": sum(entry.size_bytes or 0 for entry in here),
        "chosen": chosen,
        "preview": read(organization_id, head.run, chosen) if chosen else None,
        "as_source": as_source,
        "is_elsewhere": run_files.is_elsewhere(head.run),
    }


@page()
def send_file(request: MemberRequest, run_id: UUID) -> FileResponse:
    """A file of the run: as a download, or shown inside the page without scripts and without our origin."""
    organization_id = request.principal.organization_id
    run = read_head(organization_id, run_id).run
    path = request.GET.get("path", "")
    file = run_files.open_file(organization_id, run, path)
    kind = guess_type(path)
    inline = "inline" in request.GET and kind in SHOWN_INLINE
    response = FileResponse(file, as_attachment=not inline, filename=path.rsplit("/", 1)[-1], content_type=kind)
    response.block_size = BLOCK
    response["Content-Security-Policy"] = FILE_POLICY
    return response
