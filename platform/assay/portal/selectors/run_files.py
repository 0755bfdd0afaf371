"""Files of a run: folders, previews, downloads."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO
from uuid import UUID

from assay.core.errors import NotFound
from assay.tracking.domain.artifacts import find_own_path, guess_type
from assay.tracking.domain.values import RunView
from assay.tracking.services import artifacts

PREVIEWED_BYTES = 200_000
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"})

PAGE_TYPE = "text/html"
SHOWN_INLINE = IMAGE_TYPES | {PAGE_TYPE}
"""What a browser may show itself, behind a policy that forbids scripts and gives it no origin."""


class PreviewKind(StrEnum):
    IMAGE = "image"
    PAGE = "page"
    TEXT = "text"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Entry:
    """path: below the run's artifacts. size_bytes: None for a folder."""

    name: str
    path: str
    size_bytes: int | None

    @property
    def is_folder(self) -> bool:
        return self.size_bytes is None


@dataclass(frozen=True, slots=True)
class Preview:
    kind: PreviewKind
    text: str = ""
    cut: bool = False


def is_elsewhere(run: RunView) -> bool:
    """Whether the run's files lie in the client's own storage, where Assay does not look."""
    return find_own_path(run.artifact_uri) is None


def list_entries(organization_id: UUID, run: RunView, folder: str) -> list[Entry]:
    """Folders first, each by name. raises: Invalid for a path that leads outside."""
    if is_elsewhere(run):
        return []
    found = artifacts.list_files(organization_id, _locate(run, folder))
    prefix = f"{folder}/" if folder else ""
    entries = [Entry(one.name, prefix + one.name, one.size_bytes) for one in found]
    return sorted(entries, key=lambda entry: (not entry.is_folder, entry.name))


def first_file(entries: Sequence[Entry]) -> str:
    """The path to preview when nobody chose one, an image if there is one; empty for none. Pages are shown on demand only."""
    files = [entry.path for entry in entries if not entry.is_folder and guess_type(entry.path) != PAGE_TYPE]
    images = [path for path in files if guess_type(path) in IMAGE_TYPES]
    return next(iter(images or files), "")


def open_file(organization_id: UUID, run: RunView, path: str) -> BinaryIO:
    """The caller closes it. raises: NotFound, Invalid."""
    if is_elsewhere(run) or not path:
        raise NotFound(f"There is no file {path!r} in this run.", path=path)
    return artifacts.open_for_read(organization_id, _locate(run, path))


def read_preview(organization_id: UUID, run: RunView, path: str) -> Preview:
    """An image or a page by its type, text by its content; nothing for the rest."""
    if guess_type(path) in IMAGE_TYPES:
        return Preview(PreviewKind.IMAGE)
    if guess_type(path) == PAGE_TYPE:
        return Preview(PreviewKind.PAGE)
    with open_file(organization_id, run, path) as file:
        content = file.read(PREVIEWED_BYTES + 1)
    if b"\0" in content:
        return Preview(PreviewKind.NONE)
    text = content[:PREVIEWED_BYTES].decode("utf-8", errors="replace")
    if text.count("\N{REPLACEMENT CHARACTER}") > len(text) // 20:
        return Preview(PreviewKind.NONE)
    return Preview(PreviewKind.TEXT, text, cut=len(content) > PREVIEWED_BYTES)


def _locate(run: RunView, path: str) -> str:
    base = find_own_path(run.artifact_uri) or ""
    return f"{base}/{path}" if path else base
