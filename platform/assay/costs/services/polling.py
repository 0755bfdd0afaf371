"""Looking for deliveries: what lies at a source becomes rows, once each; the import follows by itself."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import Q

from assay.core import tenancy
from assay.core.clock import now
from assay.core.deferral import defer
from assay.core.errors import AssayError, Conflict, NotFound
from assay.core.ids import new_id
from assay.costs.domain.deliveries import (
    WAITS_AT_MOST,
    DeliveryReplaced,
    Offer,
    PlaceFile,
    find_manifests,
    offer_directories,
    offer_manifest,
)
from assay.costs.domain.imports import BillRefused, ImportState
from assay.costs.domain.manifests import Manifest, export_of, read_manifest
from assay.costs.domain.sources import Place, SourceKind
from assay.costs.models import BillImport, BillingSource
from assay.costs.services.import_hints import hint_import
from assay.costs.services.places import Opening, prepare_place

log = structlog.get_logger(__name__)

TASK = "costs.poll_source"
LEASE = timedelta(minutes=10)
"""A poll that lasts longer is taken to be dead; what it still finds is kept, since rows are made once per identity."""
MOST_MANIFEST_BYTES = 32 << 20
UNSETTLED = {ImportState.INCOMPLETE.value, ImportState.REFUSED.value}


@dataclass(frozen=True, slots=True)
class Look:
    """etags: of the manifests that were read, by key. faults: manifests that cannot be read, in sentences."""

    offers: tuple[Offer, ...]
    etags: dict[str, str]
    faults: tuple[str, ...]


def poll_due_sources() -> None:
    """Start a poll of every source whose time has come."""
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            at = now()
            due = BillingSource.objects.filter(_unleased(at), next_poll_at__lte=at, paused_at=None)
            for source_id in due.order_by("next_poll_at").values_list("id", flat=True):
                defer(TASK, organization_id=str(organization_id), source_id=str(source_id))


def request_poll(organization_id: UUID, source_id: UUID) -> None:
    """A person asks for a look now. raises: NotFound; Conflict for a source of uploads."""
    source = _get(organization_id, source_id)
    if not SourceKind(source.kind).is_polled:
        raise Conflict(f"{source.name} is a source of uploads: nothing lies there to be looked at.")
    BillingSource.objects.filter(id=source_id, paused_at=None).update(next_poll_at=now())
    defer(TASK, organization_id=str(organization_id), source_id=str(source_id))


def request_poll_of(organization_id: UUID, source_id: UUID) -> None:
    """Soon, since something newer lies there."""
    with tenancy.scope(organization_id):
        request_poll(organization_id, source_id)


def poll_source(organization_id: UUID, source_id: UUID) -> None:
    """Look for deliveries, unless another process is at it. Called outside a scope: a place may take its time."""
    leased = _lease(organization_id, source_id)
    if leased is None:
        return
    source, known = leased
    try:
        look = look_for_offers(_prepare(organization_id, source)(), known)
    except AssayError as error:
        _end(organization_id, source, message=error.message)
        log.info("poll_failed", organization_id=str(organization_id), source_id=str(source_id), reason=error.message)
        return
    except Exception as error:
        _end(organization_id, source, message=f"{type(error).__name__}: {error}")
        raise
    with tenancy.scope(organization_id):
        taken = take_offers(source, look)
    _end(organization_id, source, message=" ".join(look.faults))
    log.info("source_polled", organization_id=str(organization_id), source_id=str(source_id), deliveries=taken)


def look_for_offers(place: Place, known: set[tuple[str, str]]) -> Look:
    """known: (key, etag) of manifests that need not be read again. raises: AssayError with what is wrong at the place."""
    files = place.list_files()
    manifests = find_manifests(files)
    if not manifests:
        return Look(tuple(offer_directories(files, at=now())), {}, ())
    _check_one_export(manifests)
    offers, faults = [], []
    for found in manifests:
        if (found.key, found.etag) in known:
            continue
        try:
            offers.append(offer_manifest(load_manifest(place, found.key), found, files))
        except (BillRefused, DeliveryReplaced) as error:
            faults.append(str(error))
    return Look(tuple(offers), {found.key: found.etag for found in manifests}, tuple(faults))


def load_manifest(place: Place, key: str) -> Manifest:
    """raises: BillRefused, DeliveryReplaced when it is gone."""
    content = place.read(key, most_bytes=MOST_MANIFEST_BYTES)
    if len(content) == MOST_MANIFEST_BYTES:
        raise BillRefused(f"{key}: it is larger than {MOST_MANIFEST_BYTES >> 20} MiB and taken for no manifest.", file=key)
    return read_manifest(key, content)


def take_offers(source: BillingSource, look: Look) -> int:
    """Make rows of what is new and open again what may go on; inside the organization's scope. returns: how many."""
    taken = sum(_take(source, offer, look.etags.get(offer.manifest, "")) for offer in reversed(look.offers))
    if not look.faults:
        taken += _reopen_orphans(source, look)
    if taken:
        hint_import(source.organization_id)
    return taken


def _take(source: BillingSource, offer: Offer, etag: str) -> bool:
    facts = {
        "files": [asdict(file) for file in offer.files],
        "size_bytes": offer.size_bytes,
        "manifest": offer.manifest,
        "manifest_etag": etag,
        "state": ImportState.INCOMPLETE.value if offer.missing else ImportState.RECEIVED.value,
        "message": _tell_missing(offer.missing) if offer.missing else "",
    }
    row, is_new = BillImport.objects.get_or_create(
        source_id=source.id,
        identity=offer.identity,
        defaults={
            "id": new_id(),
            "organization_id": source.organization_id,
            "issued_at": offer.issued_at,
            "file_name": offer.file_name[-255:],
            "billing_periods": list(offer.billing_periods),
            "digest": "",
            **facts,
        },
    )
    if is_new:
        return not offer.missing
    return _look_again(row, offer, facts)


def _reopen_orphans(source: BillingSource, look: Look) -> int:
    """Incomplete deliveries that are offered no more: the import finds out that they were replaced."""
    waiting = BillImport.objects.filter(source_id=source.id, state=ImportState.INCOMPLETE)
    return waiting.exclude(identity__in=[offer.identity for offer in look.offers]).update(
        state=ImportState.RECEIVED, attempts=0
    )


def _look_again(row: BillImport, offer: Offer, facts: dict[str, object]) -> bool:
    """A delivery that is known: an incomplete one whose files came, or are overdue; a refused one whose files were replaced."""
    waits = row.state == ImportState.INCOMPLETE and (not offer.missing or is_overdue(row))
    mended = (
        row.state == ImportState.REFUSED and not offer.missing and row.files != facts["files"] and not _same_files(row, offer)
    )
    if not waits and not mended:
        return False
    facts |= {"state": ImportState.RECEIVED.value, "message": "", "attempts": 0, "log": [], "finished_at": None}
    return bool(BillImport.objects.filter(id=row.id, state=row.state).update(**facts))


def is_overdue(row: BillImport) -> bool:
    return now() - row.received_at > WAITS_AT_MOST


def _same_files(row: BillImport, offer: Offer) -> bool:
    return [(file["name"], file["etag"]) for file in row.files] == [(file.name, file.etag) for file in offer.files]


def _tell_missing(missing: Sequence[str]) -> str:
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return f"The manifest names {missing[0]}{more}, which is not there yet."


def _check_one_export(manifests: Sequence[PlaceFile]) -> None:
    exports = sorted({export_of(found.key) for found in manifests})
    if len(exports) > 1:
        raise Conflict(
            f"There are several exports here ({', '.join(exports[:5])}), whose charges would be counted more than once: "
            "make a source of each, with its own folder or prefix."
        )


def _lease(organization_id: UUID, source_id: UUID) -> tuple[BillingSource, set[tuple[str, str]]] | None:
    """None when another process looks, or the source is gone."""
    with tenancy.scope(organization_id):
        at = now()
        leased = BillingSource.objects.filter(_unleased(at), id=source_id).update(poll_lease_until=at + LEASE)
        if not leased:
            return None
        source = BillingSource.objects.get(id=source_id)
        settled = BillImport.objects.filter(source_id=source_id).exclude(manifest="").exclude(state__in=UNSETTLED)
        return source, set(settled.values_list("manifest", "manifest_etag"))


def _prepare(organization_id: UUID, source: BillingSource) -> Opening:
    with tenancy.scope(organization_id):
        return prepare_place(source)


def _end(organization_id: UUID, source: BillingSource, *, message: str) -> None:
    """Only while the lease is still this process's."""
    at = now()
    following = at + timedelta(minutes=source.poll_minutes) if source.poll_minutes else None
    with tenancy.scope(organization_id):
        BillingSource.objects.filter(id=source.id, poll_lease_until=source.poll_lease_until).update(
            poll_lease_until=None, polled_at=at, next_poll_at=following, poll_message=message
        )


def _unleased(at: datetime) -> Q:
    return Q(poll_lease_until=None) | Q(poll_lease_until__lt=at)


def _get(organization_id: UUID, source_id: UUID) -> BillingSource:
    source = BillingSource.objects.filter(organization_id=organization_id, id=source_id).first()
    if source is None:
        raise NotFound(f"There is no billing source {source_id}.", source_id=str(source_id))
    return source
