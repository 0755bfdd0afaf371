"""Where the lake lies: a folder, or a bucket of S3 with whole files kept in a folder beside it. Files never change once they are there."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from pyarrow.fs import FileSystem, FileType, LocalFileSystem, S3FileSystem

from assay.core.ids import new_id

GIB = 1 << 30
SCHEME = "s3://"
IN_USE_SECONDS = 3_600
"""A file that was asked for so lately may be about to be read: it is not dropped, however full the folder is."""


class Home(Protocol):
    """An address is what names a file or folder of the lake for Delta; paths below it are separated by slashes."""

    @property
    def root(self) -> str: ...

    @property
    def storage_options(self) -> Mapping[str, str] | None:
        """How Delta reaches it."""
        ...

    @property
    def filesystem(self) -> FileSystem: ...

    def staging(self, organization_id: UUID) -> Path:
        """A folder of this machine for files on their way into the lake."""
        ...

    def path_of(self, address: str) -> str:
        """What the file system calls an address."""
        ...

    def has(self, address: str) -> bool:
        """Whether there is such a file."""
        ...

    def stamp(self, address: str) -> object:
        """What changes when a file is written again; None for no such file."""
        ...

    def fetch(self, address: str) -> Path:
        """The file on this machine. raises: FileNotFoundError."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    root: str

    @property
    def storage_options(self) -> None:
        return None

    @property
    def filesystem(self) -> FileSystem:
        return LocalFileSystem()

    def staging(self, organization_id: UUID) -> Path:
        """On the lake's own file system, so that files are moved and not copied."""
        return Path(self.root) / organization_id.hex / "staging"

    def path_of(self, address: str) -> str:
        return address

    def has(self, address: str) -> bool:
        return Path(address).is_file()

    def stamp(self, address: str) -> object:
        try:
            found = Path(address).stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def fetch(self, address: str) -> Path:
        return Path(address)


@dataclass(frozen=True, slots=True)
class Bucket:
    """root: `s3://bucket/prefix`. endpoint: empty for AWS's own. cache: folder of whole files, at most cache_bytes."""

    root: str
    endpoint: str
    region: str
    cache: Path
    cache_bytes: int

    @property
    def storage_options(self) -> Mapping[str, str]:
        options = {"aws_conditional_put": "etag"}
        if self.region:
            options["aws_region"] = self.region
        if self.endpoint:
            options |= {"aws_endpoint_url": self.endpoint, "aws_allow_http": str(self.endpoint.startswith("http:")).lower()}
        return options

    @property
    def filesystem(self) -> FileSystem:
        return _open_s3(self.endpoint, self.region)

    def staging(self, organization_id: UUID) -> Path:
        return self.cache / "staging" / organization_id.hex

    def path_of(self, address: str) -> str:
        return address.removeprefix(SCHEME)

    def has(self, address: str) -> bool:
        kept: bool = self.place_of(address).is_file()
        return kept or self.filesystem.get_file_info(self.path_of(address)).type == FileType.File

    def stamp(self, address: str) -> object:
        found = self.filesystem.get_file_info(self.path_of(address))
        return (found.mtime_ns, found.size) if found.type == FileType.File else None

    def fetch(self, address: str) -> Path:
        kept = self.place_of(address)
        try:
            os.utime(kept)
        except FileNotFoundError:
            self._download(address, kept)
        return kept

    def place_of(self, address: str) -> Path:
        """Where a file is kept on this machine; its path ends as its address does."""
        return self.cache / "files" / self.path_of(address)

    def _download(self, address: str, kept: Path) -> None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_name(f".{new_id().hex}")
        try:
            with self.filesystem.open_input_stream(self.path_of(address)) as source, partial.open("wb") as target:
                while block := source.read(8 << 20):
                    target.write(block)
            partial.rename(kept)
        finally:
            partial.unlink(missing_ok=True)
        self.drop_unused()

    def drop_unused(self) -> None:
        """Delete the files that were asked for longest ago, until the others fit."""
        found = sorted((used.st_mtime, used.st_size, path) for path, used in _list_files(self.cache / "files"))
        total, in_use = sum(size for _, size, _ in found), time.time() - IN_USE_SECONDS
        for used_at, size, path in found:
            if total <= self.cache_bytes or used_at > in_use:
                return
            path.unlink(missing_ok=True)
            total -= size


def open_home() -> Home:
    """As the settings say."""
    url: str = settings.ASSAY_LAKE_URL
    if not url.startswith(SCHEME):
        return Folder(url)
    return Bucket(
        root=url.rstrip("/"),
        endpoint=settings.ASSAY_LAKE_ENDPOINT_URL,
        region=settings.ASSAY_LAKE_REGION,
        cache=Path(settings.ASSAY_LAKE_CACHE_ROOT),
        cache_bytes=settings.ASSAY_LAKE_CACHE_GIB * GIB,
    )


@cache
def _open_s3(endpoint: str, region: str) -> FileSystem:
    return S3FileSystem(endpoint_override=endpoint or None, region=region or None)


def _list_files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    found = []
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:  # another process dropped it just now
            continue
        if path.is_file():
            found.append((path, status))
    return found
