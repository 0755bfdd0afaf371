"""The folder of all organizations: `<organization>/<path>`, and what is still on its way below `.incoming`."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from assay.tracking.connectors.folder.store import FolderStore

INCOMING = ".incoming"


@dataclass(frozen=True, slots=True)
class FolderHome:
    base: Path

    def store_of(self, organization_id: UUID) -> FolderStore:
        return FolderStore(base=self.base, organization_id=organization_id, incoming=self.base / INCOMING)

    def sweep(self, *, before: datetime) -> int:
        swept = 0
        for entry in _entries(self.base / INCOMING):
            if _last_touched(entry) < before.timestamp():
                swept += 1
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    Path(entry.path).unlink(missing_ok=True)
        return swept


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from entries


def _last_touched(entry: os.DirEntry[str]) -> float:
    """Of an upload in parts, the newest part counts. What another process just finished is left for next time."""
    try:
        touched = entry.stat(follow_symlinks=False).st_mtime
        if entry.is_dir(follow_symlinks=False):
            touched = max([touched, *(part.stat().st_mtime for part in _entries(Path(entry.path)))])
    except FileNotFoundError:
        return float("inf")
    return touched
