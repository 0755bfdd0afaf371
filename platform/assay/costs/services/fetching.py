"""The files of a delivery, brought to Assay's own disk: exactly those that belong to it, as they were offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import UUID

from assay.core import tenancy
from assay.costs.domain.deliveries import (
    DeliveryIncomplete,
    DeliveryReplaced,
    Offer,
    OfferedFile,
    PlaceFile,
    describe_files,
    digest_of,
    find_manifests,
    is_bill,
    offer_manifest,
)
from assay.costs.domain.imports import BillRefused
from assay.costs.domain.manifests import read_manifest
from assay.costs.domain.sources import Place
from assay.costs.formats.reading import BillFile, recognize_file
from assay.costs.models import BillImport
from assay.costs.services import uploads
from assay.costs.services.places import prepare_place
from assay.costs.services.polling import load_manifest


@dataclass(frozen=True, slots=True)
class Fetched:
    """described: as BillImport.files has them. billing_periods: that the manifest promises; empty without one."""

    files: tuple[BillFile, ...]
    described: tuple[dict[str, object], ...]
    digest: str
    size_bytes: int
    billing_periods: tuple[str, ...]
    notes: tuple[str, ...]


def fetch_delivery(organization_id: UUID, row: BillImport, folder: Path) -> Fetched:
    """Called outside a scope. folder: for copies of what lies elsewhere.

    raises: BillRefused; DeliveryIncomplete; DeliveryReplaced when the place holds another delivery by now.
    """
    if row.upload:
        row.files = row.files or [{"name": row.file_name, "size_bytes": row.size_bytes, "etag": "", "sha256": row.digest}]
        return _take_uploads(row)
    with tenancy.scope(organization_id):
        opening = prepare_place(row.source)
    place = opening()
    return _fetch_manifest(place, row, folder) if row.manifest else _fetch_files(place, _offered(row), folder)


def _fetch_manifest(place: Place, row: BillImport, folder: Path) -> Fetched:
    """The manifest is read again at the end: files that were overwritten meanwhile belong to another delivery."""
    offer = _read_offer(place, row)
    if offer.missing:
        raise DeliveryIncomplete(f"The manifest names {offer.missing[0]}, which is not there.")
    try:
        fetched = _fetch_files(place, offer, folder)
    except DeliveryIncomplete:
        _read_offer(place, row)
        raise
    _read_offer(place, row)
    return fetched


def _read_offer(place: Place, row: BillImport) -> Offer:
    files = place.list_files()
    found = next((file for file in files if file.key == row.manifest), None)
    if found is None:
        raise DeliveryReplaced(f"{row.manifest} is not there any more.")
    offer = offer_manifest(load_manifest(place, row.manifest), found, files)
    if offer.identity != row.identity:
        raise DeliveryReplaced(f"{row.manifest} speaks of a newer delivery by now.")
    return offer


def _fetch_files(place: Place, offer: Offer, folder: Path) -> Fetched:
    folder.mkdir(parents=True)
    files, described, size_bytes = [], [], 0
    for number, offered in enumerate(offer.files):
        path = folder / f"{number}"
        digest = place.fetch(offered.name, etag=offered.etag, to=path)
        files.append(_recognize(path, offered, digest))
        size_bytes += path.stat().st_size
        described.append({"name": offered.name, "size_bytes": path.stat().st_size, "etag": offered.etag, "sha256": digest})
    return Fetched(
        tuple(files),
        tuple(described),
        digest_of([(str(file["name"]), str(file["sha256"])) for file in described]),
        size_bytes,
        offer.billing_periods,
        () if offer.manifest else (describe_files([file.name for file in offer.files]),),
    )


def _take_uploads(row: BillImport) -> Fetched:
    """What was uploaded together; with a manifest among it exactly the manifest's files."""
    paths = dict(zip([file["name"] for file in row.files], uploads.find_files(row.upload, len(row.files)), strict=True))
    gone = [name for name, path in paths.items() if not path.is_file()]
    if gone:
        raise BillRefused(f"{gone[0]}: the uploaded file is gone; send it again.")
    chosen, periods, notes = _choose_uploads(row, paths)
    files = [_recognize(paths[file.name], file, str(_entry(row, file.name)["sha256"])) for file in chosen]
    described = [_entry(row, file.name) for file in chosen]
    digest = digest_of([(file.name, str(_entry(row, file.name)["sha256"])) for file in chosen])
    return Fetched(tuple(files), tuple(described), digest, row.size_bytes, periods, notes)


def _choose_uploads(row: BillImport, paths: dict[str, Path]) -> tuple[Sequence[OfferedFile], tuple[str, ...], tuple[str, ...]]:
    listed = [PlaceFile(name, path.stat().st_size, "", row.received_at) for name, path in paths.items()]
    manifests = find_manifests(listed) if len(listed) > 1 else []
    if not manifests:
        names = [name for name in paths if len(paths) == 1 or is_bill(name)]
        if not names:
            raise BillRefused(f"{row.file_name}: none of these files is a bill: send CSV, gzipped CSV or Parquet.")
        return [OfferedFile(name) for name in names], (), (describe_files(names),) if len(names) > 1 else ()
    if len(manifests) > 1:
        raise BillRefused(f"{row.file_name}: there are {len(manifests)} manifests; send the files of each by themselves.")
    offer = offer_manifest(read_manifest(manifests[0].key, paths[manifests[0].key].read_bytes()), manifests[0], listed)
    if offer.missing:
        raise BillRefused(
            f"{manifests[0].key}: it names {offer.missing[0]}, which was not sent; send all of its files together."
        )
    return offer.files, offer.billing_periods, ()


def _recognize(path: Path, offered: OfferedFile, digest: str) -> BillFile:
    if offered.sha256 and offered.sha256 != digest:
        raise BillRefused(
            f"{offered.name}: it is not the file that the manifest speaks of (SHA-256 {digest}); deliver both again."
        )
    return recognize_file(path, name=PurePosixPath(offered.name).name)


def _offered(row: BillImport) -> Offer:
    files = tuple(OfferedFile(file["name"], file["size_bytes"], file["etag"]) for file in row.files)
    return Offer(row.identity, row.issued_at, row.file_name, "", (), files)


def _entry(row: BillImport, name: str) -> dict[str, object]:
    return next(file for file in row.files if file["name"] == name)
