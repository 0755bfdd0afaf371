"""What a whole list of one kind brings: new, changed, seen again, gone; with its history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from assay.clouds.domain.details import dump_details
from assay.clouds.domain.inventory import ResourceKind
from assay.clouds.domain.refreshes import Reported
from assay.clouds.models import CloudResource, ResourceChange
from assay.core.ids import new_id

WRITTEN = ("connection", "name", "tags", "state", "details", "created_at", "state_since", "last_seen_at", "gone_at")
AT_ONCE = 1_000


def store_list(
    organization_id: UUID,
    connection_id: UUID | None,
    reported: Sequence[Reported],
    *,
    provider: str,
    account_id: str,
    region: str,
    kind: ResourceKind,
    at: datetime,
) -> None:
    """Take the whole list of a kind in a region of an account: what it lacks is gone. Idempotent; inside a transaction of the scope."""
    rows = CloudResource.objects.filter(
        organization_id=organization_id, provider=provider, account_id=account_id, region=region, kind=kind
    )
    known = {row.native_id: row for row in rows}
    made: list[CloudResource] = []
    written: list[CloudResource] = []
    seen: list[CloudResource] = []
    changes: list[ResourceChange] = []
    for one in reported:
        row = known.pop(one.key.native_id, None)
        if row is None:
            row = CloudResource(id=new_id(), organization_id=organization_id, first_seen_at=at, **_key(one))
            made.append(row)
            before: dict[str, Any] = {}
            _take(row, one, connection_id, at, is_new=True)
        else:
            stood, before = _stand(row), _facts(row)
            _take(row, one, connection_id, at, is_new=False)
            (seen if _stand(row) == stood else written).append(row)
        changes += _compare(row, before, at)
    for row in known.values():
        if row.gone_at is None:
            before = _facts(row)
            row.gone_at = at
            written.append(row)
            changes += _compare(row, before, at)
    CloudResource.objects.bulk_create(made, batch_size=AT_ONCE)
    CloudResource.objects.bulk_create(
        written, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )
    CloudResource.objects.filter(id__in=[row.id for row in seen]).update(last_seen_at=at)
    ResourceChange.objects.bulk_create(changes, batch_size=AT_ONCE)


def _key(one: Reported) -> dict[str, str]:
    key = one.key
    return {
        "provider": key.provider,
        "account_id": key.account_id,
        "region": key.region,
        "kind": key.kind.value,
        "native_id": key.native_id,
    }


def _take(row: CloudResource, one: Reported, connection_id: UUID | None, at: datetime, *, is_new: bool) -> None:
    """state_since: as the provider says, or when the change was seen; None for one that has been in it since before it was seen."""
    if one.state_since is not None:
        row.state_since = one.state_since
    elif not is_new and row.state != one.state:
        row.state_since = at
    row.state, row.name, row.tags = one.state, one.name[:512], dict(one.tags)
    row.details, row.created_at = dump_details(one.details), one.created_at
    row.connection_id, row.last_seen_at, row.gone_at = connection_id, at, None


def _stand(row: CloudResource) -> tuple[object, ...]:
    """All that a list may write but the time of it: most of a fleet is as it was."""
    return tuple(getattr(row, "connection_id" if name == "connection" else name) for name in WRITTEN if name != "last_seen_at")


def _facts(row: CloudResource) -> dict[str, Any]:
    """What a history tells of: not tags, which may be many and cost nothing."""
    facts = {"state": row.state, "name": row.name, **row.details}
    return facts | ({"gone": True} if row.gone_at is not None else {})


def _compare(row: CloudResource, before: Mapping[str, Any], at: datetime) -> list[ResourceChange]:
    after = _facts(row)
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    if not names:
        return []
    was = {name: before[name] for name in names if name in before}
    return [
        ResourceChange(
            id=new_id(),
            organization_id=row.organization_id,
            resource=row,
            at=at,
            before=was,
            after={name: after[name] for name in names if name in after},
        )
    ]
