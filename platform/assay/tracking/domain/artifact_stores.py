"""What keeps artifacts, whatever it is made of. A folder and a bucket do; contract tests hold both to this page."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol, runtime_checkable
from uuid import UUID

HIGHEST_PART = 10_000
"""Parts of one upload are numbered 1..HIGHEST_PART."""


@dataclass(frozen=True, slots=True)
class ArtifactEntry:
    """name: below the listed folder. size_bytes: None for a folder."""

    name: str
    size_bytes: int | None

    @property
    def is_folder(self) -> bool:
        return self.size_bytes is None


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """etag: as the store answered when the part came, with or without its quotation marks."""

    number: int
    etag: str


class Writable(Protocol):
    def write(self, block: bytes, /) -> int: ...


class ArtifactStore(Protocol):
    """The files of one organization. Paths are relative, checked by `domain.artifacts.split_path`, and never empty unless said.

    Every method raises PathRefused for a path that leads outside, and Unavailable when the store does not answer or is full.
    """

    def open_for_write(self, path: str) -> AbstractContextManager[Writable]:
        """The file takes its place, over an older one, when the block ends without an exception; else nothing is left.

        It is durable when the block has ended. raises: Invalid when what is there already is in its way.
        """

    def open_for_read(self, path: str) -> BinaryIO:
        """Seekable; the caller closes it. Shows one version of the file, or fails. raises: ArtifactNotFound."""

    def list_files(self, path: str) -> list[ArtifactEntry]:
        """What lies directly in a folder, by name; "" is the root. Nothing for a file or what does not exist."""

    def delete_files(self, path: str) -> bool:
        """A file, or a folder with what it holds, in bounded memory. returns: whether there was anything."""

    def begin_upload(self, path: str) -> str:
        """A file that comes in parts. returns: the upload's id, which means nothing together with another path."""

    def complete_upload(self, path: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        """The parts in the order of their numbers become the file, at once. Repeated, it changes nothing.

        raises: UploadNotFound; Invalid when a part is missing or is not the one that the store has.
        """

    def abort_upload(self, path: str, upload_id: str) -> None:
        """Remove the parts. An upload that was completed or is gone already stays as it is."""

    def sign_part(self, path: str, upload_id: str, number: int, *, seconds: int) -> str | None:
        """An address that takes the part by PUT without credentials; None from a PartReceivingStore."""

    def sign_download(self, path: str, *, seconds: int) -> str | None:
        """As sign_part, for GET of the file, parts of it included."""

    def sign_upload(self, path: str, *, seconds: int) -> str | None:
        """As sign_part, for PUT of the whole file."""


@runtime_checkable
class PartReceivingStore(Protocol):
    """A store that signs nothing, so that parts come through Assay."""

    def receive_part(self, path: str, upload_id: str, number: int) -> AbstractContextManager["PartReceiver"]:
        """Sent again, it replaces the older one. raises: UploadNotFound; Invalid for a number outside 1..HIGHEST_PART."""


class PartReceiver(Writable, Protocol):
    @property
    def etag(self) -> str:
        """Known when the block has ended: the digest of the part, without quotation marks."""


class ArtifactHome(Protocol):
    """All organizations' files."""

    def store_of(self, organization_id: UUID) -> ArtifactStore: ...

    def sweep(self, *, before: datetime) -> int:
        """Remove uploads, in one piece or in parts, that nobody has touched since then. returns: how many."""
