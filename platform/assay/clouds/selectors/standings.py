"""What became of resources that were known once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from assay.clouds.domain.inventory import Resource, ResourceKey, ResourceKind
from assay.clouds.models import CloudResource, ResourceChange
from assay.clouds.selectors.inventory import view_resource

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """resource: None when it exists no longer. gone_at: since when. changed_at: when its details or state last changed."""

    resource: Resource | None
    gone_at: datetime | None = None
    changed_at: datetime | None = None


def has_resources(organization_id: UUID) -> bool:
    """Whether any account was ever read."""
    return CloudResource.objects.filter(organization_id=organization_id).exists()


def read_standings(organization_id: UUID, keys: Collection[ResourceKey]) -> Mapping[ResourceKey, Standing]:
    """Of each key, also of those that were never known."""
    wanted, found = set(keys), {key: Standing(None) for key in keys}
    ids = sorted({key.native_id for key in wanted})
    for start in range(0, len(ids), BATCH):
        rows = CloudResource.objects.filter(organization_id=organization_id, native_id__in=ids[start : start + BATCH])
        changed = dict(
            ResourceChange.objects.filter(organization_id=organization_id, resource__in=rows)
            .values_list("resource_id")
            .annotate(at=Max("at"))
        )
        for row in rows:
            key = ResourceKey(row.provider, row.account_id, row.region, ResourceKind(row.kind), row.native_id)
            if key in wanted:
                resource = None if row.gone_at else view_resource(row).resource
                found[key] = Standing(resource, row.gone_at, changed.get(row.id))
    return found
