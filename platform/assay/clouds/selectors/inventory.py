"""What is held in clouds, and how it came to be so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from assay.clouds.domain.details import load_details
from assay.clouds.domain.inventory import Image, Resource, ResourceKey, ResourceKind, Snapshot
from assay.clouds.domain.refreshes import ChangeView
from assay.clouds.models import CloudResource, ResourceChange
from assay.core.errors import Invalid, NotFound

BATCH = 500
MOST = 500


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A resource under Assay's own id. gone_at: None while it exists."""

    id: UUID
    resource: Resource
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """Empty fields ask for nothing. text: part of the id or the name. with_gone: also what exists no more."""

    kind: ResourceKind | None = None
    account_id: str = ""
    region: str = ""
    state: str = ""
    text: str = ""
    with_gone: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many exist of a kind in a region of an account."""

    kind: ResourceKind
    account_id: str
    region: str
    count: int


def list_resources(
    organization_id: UUID, wanted: ResourceFilter, *, after: UUID | None = None, limit: int = 100
) -> list[ResourceView]:
    """In the order in which they were first seen. after: the last one of the page before. raises: Invalid."""
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit must be between 1 and {MOST}.", limit=limit)
    rows = _filtered(organization_id, wanted)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return _view_all(organization_id, list(rows.order_by("id")[:limit]))


def list_page(organization_id: UUID, wanted: ResourceFilter, *, skip: int, limit: int) -> list[ResourceView]:
    """By name, then id; a page of a table."""
    rows = _filtered(organization_id, wanted).order_by("kind", "name", "native_id", "id")
    return _view_all(organization_id, list(rows[skip : skip + limit]))


def count_resources(organization_id: UUID, wanted: ResourceFilter) -> int:
    return _filtered(organization_id, wanted).count()


def tally_resources(organization_id: UUID) -> list[Tally]:
    """Of all that exist, by kind, account and region."""
    rows = CloudResource.objects.filter(organization_id=organization_id, gone_at=None)
    counted = (
        rows.values_list("kind", "account_id", "region").annotate(count=Count("id")).order_by("kind", "account_id", "region")
    )
    return [Tally(ResourceKind(kind), account_id, region, count) for kind, account_id, region, count in counted]


def walk_resources(organization_id: UUID, kind: ResourceKind, *, batch: int = BATCH) -> Iterator[list[ResourceView]]:
    """All that exist of a kind, batch by batch, so that a fleet is never in memory at once. Called inside the scope."""
    rows = CloudResource.objects.filter(organization_id=organization_id, kind=kind, gone_at=None).order_by("id")
    images = _images_of_snapshots(organization_id) if kind is ResourceKind.SNAPSHOT else {}
    last: UUID | None = None
    while True:
        found = list((rows if last is None else rows.filter(id__gt=last))[:batch])
        if not found:
            return
        yield [view_resource(row, images) for row in found]
        last = found[-1].id


def get_resource(organization_id: UUID, resource_id: UUID) -> ResourceView:
    """raises: NotFound, also for another organization's."""
    row = CloudResource.objects.filter(organization_id=organization_id, id=resource_id).first()
    if row is None:
        raise NotFound(f"There is no resource {resource_id}.", resource_id=str(resource_id))
    return _view_all(organization_id, [row])[0]


def find_resource(organization_id: UUID, key: ResourceKey) -> ResourceView | None:
    """Also one that is gone."""
    row = CloudResource.objects.filter(
        organization_id=organization_id,
        provider=key.provider,
        account_id=key.account_id,
        region=key.region,
        kind=key.kind,
        native_id=key.native_id,
    ).first()
    return None if row is None else _view_all(organization_id, [row])[0]


def list_changes(organization_id: UUID, resource_id: UUID, *, limit: int = 100) -> list[ChangeView]:
    """Of one resource, the latest first. raises: NotFound."""
    get_resource(organization_id, resource_id)
    rows = ResourceChange.objects.filter(organization_id=organization_id, resource_id=resource_id).order_by("-at", "-id")[
        :limit
    ]
    return [ChangeView(row.at, row.before, row.after) for row in rows]


def list_changes_since(organization_id: UUID, resource_ids: Sequence[UUID], since: datetime) -> dict[UUID, list[ChangeView]]:
    """resource → its changes from an instant on, the earliest first."""
    rows = ResourceChange.objects.filter(organization_id=organization_id, resource_id__in=resource_ids, at__gte=since)
    found: dict[UUID, list[ChangeView]] = {}
    for row in rows.order_by("at", "id"):
        found.setdefault(row.resource_id, []).append(ChangeView(row.at, row.before, row.after))
    return found


def view_resource(row: CloudResource, images: Mapping[str, tuple[str, ...]] | None = None) -> ResourceView:
    """images: of snapshots, by snapshot id."""
    kind = ResourceKind(row.kind)
    details = load_details(kind, row.details)
    if isinstance(details, Snapshot) and images:
        details = replace(details, image_ids=images.get(row.native_id, ()))
    resource = Resource(
        key=ResourceKey(row.provider, row.account_id, row.region, kind, row.native_id),
        details=details,
        state=row.state,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        name=row.name,
        tags=row.tags,
        created_at=row.created_at,
        state_since=row.state_since,
    )
    return ResourceView(row.id, resource, row.gone_at)


def _view_all(organization_id: UUID, rows: list[CloudResource]) -> list[ResourceView]:
    images = _images_of_snapshots(organization_id) if any(row.kind == ResourceKind.SNAPSHOT for row in rows) else {}
    return [view_resource(row, images) for row in rows]


def _images_of_snapshots(organization_id: UUID) -> dict[str, tuple[str, ...]]:
    """Snapshot → images that are made of it, which no list of snapshots tells."""
    found: dict[str, tuple[str, ...]] = {}
    rows = CloudResource.objects.filter(organization_id=organization_id, kind=ResourceKind.IMAGE, gone_at=None)
    for native_id, plain in rows.order_by("native_id").values_list("native_id", "details"):
        details = load_details(ResourceKind.IMAGE, plain)
        for snapshot_id in details.snapshot_ids if isinstance(details, Image) else ():
            found[snapshot_id] = (*found.get(snapshot_id, ()), native_id)
    return found


def _filtered(organization_id: UUID, wanted: ResourceFilter) -> QuerySet[CloudResource]:
    """No resource has a NUL in what it is called; PostgreSQL would not even look for it."""
    rows = CloudResource.objects.filter(organization_id=organization_id)
    if any("\0" in text for text in (wanted.account_id, wanted.region, wanted.state, wanted.text)):
        return rows.none()
    exact = {"kind": wanted.kind, "account_id": wanted.account_id, "region": wanted.region, "state": wanted.state}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.text:
        rows = rows.filter(Q(native_id__icontains=wanted.text) | Q(name__icontains=wanted.text))
    return rows if wanted.with_gone else rows.filter(gone_at=None)
