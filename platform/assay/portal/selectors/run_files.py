"""Files of a run as a tree, opened along one path."""

from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import dirname
from typing import BinaryIO
from uuid import UUID

from assay.core.errors import NotFound
from assay.portal.domain.previews.kinds import Format, choose_kind
from assay.tracking.domain.artifacts import find_own_path, split_path
from assay.tracking.domain.values import RunView
from assay.tracking.services import artifacts

SHOWN_OF_A_FOLDER = 500
DEEPEST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """path: below the run's artifacts. depth: 0 at the root. size_bytes: None for a folder. left_out: how many are not shown after it."""

    name: str
    path: str
    depth: int
    size_bytes: int | None
    is_open: bool = False
    left_out: int = 0

    @property
    def is_folder(self) -> bool:
        return self.size_bytes is None

    @property
    def parent(self) -> str:
        return dirname(self.path)


def is_elsewhere(run: RunView) -> bool:
    """Whether the run's files lie in the client's own storage, where Assay does not look."""
    return find_own_path(run.artifact_uri) is None


def list_tree(organization_id: UUID, run: RunView, folder: str) -> list[Entry]:
    """The root's entries, and below each folder on the way to the open one its own. raises: Invalid for a path that leads outside."""
    if is_elsewhere(run):
        return []
    return _list_below(organization_id, run, "", split_path(folder)[:DEEPEST_SHOWN])


def first_file(entries: Sequence[Entry], folder: str) -> str:
    """The path to preview when nobody chose one, an image if there is one; empty for none. Pages are shown on demand only."""
    files = [entry.path for entry in entries if not entry.is_folder and entry.parent == folder]
    kinds = {path: choose_kind(path, b"") for path in files}
    images = [path for path in files if kinds[path] is Format.IMAGE]
    calm = [path for path in files if kinds[path] is not Format.PAGE]
    return next(iter(images or calm), "")


def open_file(organization_id: UUID, run: RunView, path: str) -> BinaryIO:
    """The caller closes it. raises: NotFound, Invalid."""
    if is_elsewhere(run) or not path:
        raise NotFound(f"There is no file {path!r} in this run.", path=path)
    return artifacts.open_for_read(organization_id, _locate(run, path))


def _list_below(organization_id: UUID, run: RunView, folder: str, opened: Sequence[str]) -> list[Entry]:
    """Folders first, each by name; depth is that of the folder's own entries."""
    found = artifacts.list_files(organization_id, _locate(run, folder))
    ordered = sorted(found, key=lambda entry: (not entry.is_folder, entry.name))
    on_the_way = [entry for entry in ordered[SHOWN_OF_A_FOLDER:] if opened and entry.name == opened[0]]
    shown = [*ordered[:SHOWN_OF_A_FOLDER], *on_the_way]
    depth = folder.count("/") + 1 if folder else 0
    entries: list[Entry] = []
    for one in shown:
        path = f"{folder}/{one.name}" if folder else one.name
        is_open = one.is_folder and bool(opened) and one.name == opened[0]
        left_out = len(ordered) - len(shown) if one is shown[-1] else 0
        entries.append(Entry(one.name, path, depth, one.size_bytes, is_open, left_out))
        if is_open:
            entries += _list_below(organization_id, run, path, opened[1:])
    return entries


def _locate(run: RunView, path: str) -> str:
    base = find_own_path(run.artifact_uri) or ""
    return f"{base}/{path}" if path else base
