"""Manifests of deliveries: which files belong to one, and nothing else does."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from assay.costs.domain.imports import BillRefused

_CUR = re.compile(r"(?:^|.*/)\d{8}-\d{8}/[^/]+-Manifest\.json$")
_DATA_EXPORT = re.compile(r"(?:^|.*/)metadata/BILLING_PERIOD=(?P<period>\d{4}-\d{2})/(?:[^/]+/)?[^/]+-Manifest\.json$")
_CHECKSUMS = re.compile(r"(?:^|.*/)manifest\.json$")
_PERIOD_START = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})T")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ENDING = "-Manifest.json"


class ManifestKind(StrEnum):
    """CUR: legacy Cost and Usage Reports. DATA_EXPORT: CUR 2.0 and FOCUS. CHECKSUMS: Assay's own, of `assay demo bill`."""

    CUR = "cur"
    DATA_EXPORT = "data_export"
    CHECKSUMS = "checksums"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """address: as the manifest has it. candidates: keys below the place under which it may lie, the first that exists counts."""

    address: str
    candidates: tuple[str, ...]
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """identity: empty where the manifest names no execution. billing_period: empty where it does not tell.

    export: what it belongs to, by its folder.
    """

    kind: ManifestKind
    identity: str
    billing_period: str
    export: str
    files: tuple[NamedFile, ...]


def find_kind(key: str) -> ManifestKind | None:
    """None for what is no manifest, or an old version of one: those below a period's folder of CUR do not count."""
    if _DATA_EXPORT.match(key):
        return ManifestKind.DATA_EXPORT
    if _CUR.match(key):
        return ManifestKind.CUR
    return ManifestKind.CHECKSUMS if _CHECKSUMS.match(key) else None


def read_manifest(key: str, content: bytes) -> Manifest:
    """key: below the place. raises: BillRefused, naming what is wrong."""
    kind = find_kind(key)
    try:
        said = json.loads(content)
    except ValueError as error:
        raise _refuse(key, f"it is no JSON ({error}); deliver it again") from error
    if kind is None or not isinstance(said, dict):
        raise _refuse(key, "it is no manifest that Assay knows")
    manifest = _READERS[kind](key, said)
    if not manifest.files:
        raise _refuse(key, "it names no files")
    return manifest


def export_of(key: str) -> str:
    """The folder of the export that a manifest belongs to, below the place; several in one place would be charged twice."""
    kind, path = find_kind(key), PurePosixPath(key)
    if kind is ManifestKind.CUR:
        return str(path.parent.parent)
    if kind is ManifestKind.DATA_EXPORT:
        return str(PurePosixPath(*path.parts[: _metadata_at(path)]))
    return ""


def _read_cur(key: str, said: Mapping[str, Any]) -> Manifest:
    period = said.get("billingPeriod")
    start = _PERIOD_START.match(str(period.get("start", ""))) if isinstance(period, dict) else None
    if start is None:
        raise _refuse(key, "billingPeriod.start is missing or no time")
    month = f"{start[1]}-{start[2]}"
    report = PurePosixPath(key).name.removesuffix(_ENDING)
    files = _locate(
        key, _addresses(key, said, "reportKeys"), root=export_of(key), names=(report, PurePosixPath(export_of(key)).name)
    )
    return Manifest(ManifestKind.CUR, f"{month} {_text(key, said, 'assemblyId')}", month, export_of(key), files)


def _read_data_export(key: str, said: Mapping[str, Any]) -> Manifest:
    found = _DATA_EXPORT.match(key)
    month = found["period"] if found else ""
    export = PurePosixPath(key).name.removesuffix(_ENDING)
    files = _locate(key, _addresses(key, said, "dataFiles"), root=export_of(key), names=(export,))
    return Manifest(ManifestKind.DATA_EXPORT, f"{month} {_text(key, said, 'executionId')}", month, export_of(key), files)


def _read_checksums(key: str, said: Mapping[str, Any]) -> Manifest:
    entries = said["files"] if isinstance(said.get("files"), list) else [said]
    files = []
    for entry in entries:
        name, digest = (str(entry.get(field, "")) for field in ("file", "sha256")) if isinstance(entry, dict) else ("", "")
        if not name or not _SHA256.fullmatch(digest) or PurePosixPath(name).name != name or name in {".", ".."}:
            raise _refuse(key, "each file needs `file`, a name beside the manifest, and `sha256`")
        files.append(NamedFile(name, (str(PurePosixPath(key).parent / name),), digest))
    return Manifest(ManifestKind.CHECKSUMS, "", "", export_of(key), tuple(files))


_READERS: Mapping[ManifestKind, Callable[[str, Mapping[str, Any]], Manifest]] = {
    ManifestKind.CUR: _read_cur,
    ManifestKind.DATA_EXPORT: _read_data_export,
    ManifestKind.CHECKSUMS: _read_checksums,
}


def _addresses(key: str, said: Mapping[str, Any], field: str) -> list[str]:
    """Each once, also when the manifest names it twice."""
    found = said.get(field)
    if not isinstance(found, list) or not all(isinstance(address, str) and address for address in found):
        raise _refuse(key, f"{field} is no list of names")
    return list(dict.fromkeys(found))


def _text(key: str, said: Mapping[str, Any], field: str) -> str:
    found = said.get(field)
    if not isinstance(found, str) or not 0 < len(found) <= 150:
        raise _refuse(key, f"{field} is missing")
    return found


def _locate(key: str, addresses: Sequence[str], *, root: str, names: Sequence[str]) -> tuple[NamedFile, ...]:
    """Addresses are whole keys of the bucket that the export wrote to; a copy of it may begin elsewhere.

    root: the export's folder below the place. names: of the export, one of which leads every address's part below that folder.
    """
    return tuple(NamedFile(address, tuple(_tails(key, address, root, names))) for address in addresses)


def _tails(key: str, address: str, root: str, names: Sequence[str]) -> list[str]:
    parts = PurePosixPath(address.split("://", 1)[-1]).parts
    if ".." in parts or parts[:1] == ("/",):
        raise _refuse(key, f"it names {address}, which lies outside of the export")
    found = list(dict.fromkeys(_below(parts, root, names)))
    if not found:
        raise _refuse(key, f"it names {address}, which lies outside of the export {names[0]}")
    return found


def _below(parts: Sequence[str], root: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        for i, part in enumerate(parts[:-1]):
            if part == name:
                yield str(PurePosixPath(root, *parts[i + 1 :]))


def _metadata_at(path: PurePosixPath) -> int:
    return max(i for i, part in enumerate(path.parts) if part == "metadata")


def _refuse(key: str, reason: str) -> BillRefused:
    return BillRefused(f"{key}: {reason}.", file=key)
