"""What a place offers: deliveries with an identity and an order, found in a listing of its files."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from assay.costs.domain.manifests import Manifest, find_kind

SETTLED_AFTER = timedelta(minutes=1)
"""Files without a manifest are taken when none of them has changed for this long."""
WAITS_AT_MOST = timedelta(hours=72)
"""After this long a delivery whose files never came is refused."""
BILL_ENDINGS = (".csv", ".gz", ".parquet", ".zip")


class DeliveryIncomplete(Exception):
    """A file that belongs to the delivery is not there, or is being written; it may yet come. args: a sentence that says so."""


class DeliveryReplaced(Exception):
    """What was offered lies there no more: something newer took its place. args: a sentence that says so."""


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """key: below the place, parts separated by slashes. etag: another one means another content."""

    key: str
    size_bytes: int
    etag: str
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """size_bytes, etag: empty of a file that is named and not there. sha256: as a manifest says it, or empty."""

    name: str
    size_bytes: int = 0
    etag: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One delivery. (issued_at, identity) is its place in the order of a source. manifest: its key; empty without one.

    billing_periods: empty when only the files tell.
    """

    identity: str
    issued_at: datetime
    file_name: str
    manifest: str
    billing_periods: tuple[str, ...]
    files: tuple[OfferedFile, ...]
    missing: tuple[str, ...] = field(default=())

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


def find_manifests(files: Sequence[PlaceFile]) -> list[PlaceFile]:
    """Those that count, the newest first."""
    found = [file for file in files if find_kind(file.key) is not None]
    return sorted(found, key=lambda file: (file.modified_at, file.key), reverse=True)


def offer_manifest(manifest: Manifest, found: PlaceFile, files: Sequence[PlaceFile]) -> Offer:
    """found: the manifest's own entry in the listing `files`."""
    listed = {file.key: file for file in files}
    offered, missing = [], []
    for named in manifest.files:
        key = next((key for key in named.candidates if key in listed), None)
        if key is None:
            missing.append(named.address)
            offered.append(OfferedFile(named.candidates[0], sha256=named.sha256))
        else:
            offered.append(OfferedFile(key, listed[key].size_bytes, listed[key].etag, named.sha256))
    return Offer(
        identity=manifest.identity or f"{found.modified_at.isoformat()} {_hash(file.sha256 for file in manifest.files)}",
        issued_at=found.modified_at,
        file_name=PurePosixPath(found.key).name,
        manifest=found.key,
        billing_periods=(manifest.billing_period,) if manifest.billing_period else (),
        files=tuple(offered),
        missing=tuple(missing),
    )


def offer_directories(files: Sequence[PlaceFile], *, at: datetime) -> list[Offer]:
    """Of a place without manifests: the bills of one directory are one delivery. Those that still change are left for later."""
    directories: dict[str, list[PlaceFile]] = defaultdict(list)
    for file in files:
        if is_bill(file.key):
            directories[str(PurePosixPath(file.key).parent)].append(file)
    offers = [_offer_directory(name, sorted(found, key=lambda file: file.key)) for name, found in directories.items()]
    settled = [offer for offer in offers if offer.issued_at <= at - SETTLED_AFTER]
    return sorted(settled, key=lambda offer: (offer.issued_at, offer.identity), reverse=True)


def is_bill(key: str) -> bool:
    path = PurePosixPath(key)
    return path.name.lower().endswith(BILL_ENDINGS) and not any(part.startswith((".", "_")) for part in path.parts)


def describe_files(names: Sequence[str], *, most: int = 20) -> str:
    """The first line of the log of a delivery without a manifest."""
    shown = ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
    return f"No manifest: took {'this 1 file' if len(names) == 1 else f'these {len(names)} files'}: {shown}."


def digest_of(digests: Sequence[tuple[str, str]]) -> str:
    """Of a delivery. digests: (name, hex SHA-256) of each of its files."""
    if len(digests) == 1:
        return digests[0][1]
    ordered = sorted((PurePosixPath(name).name, digest) for name, digest in digests)
    return hashlib.sha256("".join(digest for _, digest in ordered).encode()).hexdigest()


def _offer_directory(name: str, files: Sequence[PlaceFile]) -> Offer:
    marks = _hash(f"{file.key}\0{file.size_bytes}\0{file.etag}\0{file.modified_at.isoformat()}" for file in files)
    label = PurePosixPath(files[0].key).name if len(files) == 1 else f"{len(files)} files" if name == "." else f"{name}/"
    return Offer(
        identity=f"files {marks}",
        issued_at=max(file.modified_at for file in files),
        file_name=label[-255:],
        manifest="",
        billing_periods=(),
        files=tuple(OfferedFile(file.key, file.size_bytes, file.etag) for file in files),
    )


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]
