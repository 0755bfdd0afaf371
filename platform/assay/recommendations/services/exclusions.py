"""Rules that leave findings out."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from assay.accounts.services import audit
from assay.clouds.domain.inventory import ResourceKey, ResourceKind
from assay.core.clock import now
from assay.core.errors import Invalid, NotFound
from assay.core.ids import new_id
from assay.recommendations.domain.exclusions import Exclusion
from assay.recommendations.models import Finding, FindingExclusion
from assay.recommendations.selectors.exclusions import read_exclusions
from assay.recommendations.selectors.registry import get_check
from assay.recommendations.services.counting import recount

BATCH = 1_000


def add_exclusion(organization_id: UUID, exclusion: Exclusion, *, reason: str, actor_id: UUID | None) -> UUID:
    """It holds at once, also for what was found before. raises: Invalid naming the field; NotFound for the check."""
    if exclusion.is_empty:
        raise Invalid(
            "Name at least a check, an account, a region, a tag or a resource: else nothing would be left.", field="check"
        )
    if not reason.strip():
        raise Invalid("Say why: the next one who looks will ask.", field="reason")
    if exclusion.until is not None and exclusion.until <= now():
        raise Invalid("until must lie in the future.", field="until")
    if exclusion.check:
        get_check(exclusion.check)
    row = FindingExclusion(
        id=new_id(),
        organization_id=organization_id,
        check_name=exclusion.check,
        account_id=exclusion.account_id,
        region=exclusion.region,
        tag=exclusion.tag,
        native_id=exclusion.native_id,
        until=exclusion.until,
        reason=reason.strip(),
    )
    with transaction.atomic():
        row.save(force_insert=True)
        audit.record(organization_id, actor_id=actor_id, action="exclusion.added", subject=row.reason, details=_told(exclusion))
        apply_exclusions(organization_id, at=now())
    return row.id


def remove_exclusion(organization_id: UUID, exclusion_id: UUID, *, actor_id: UUID | None) -> None:
    """raises: NotFound."""
    row = FindingExclusion.objects.filter(organization_id=organization_id, id=exclusion_id).first()
    if row is None:
        raise NotFound(f"There is no exclusion {exclusion_id}.", exclusion_id=str(exclusion_id))
    with transaction.atomic():
        audit.record(organization_id, actor_id=actor_id, action="exclusion.removed", subject=row.reason)
        row.delete()
        apply_exclusions(organization_id, at=now())


def apply_exclusions(organization_id: UUID, *, at: datetime) -> None:
    """Mark every finding anew, and count what is left."""
    rules = read_exclusions(organization_id)
    changed = []
    for row in Finding.objects.filter(organization_id=organization_id).iterator():
        key = ResourceKey(row.provider, row.account_id, row.region, ResourceKind(row.kind), row.native_id)
        excluded = any(rule.covers(row.check_name, key, row.tags, at=at) for rule in rules)
        if excluded != row.excluded:
            row.excluded = excluded
            changed.append(row)
    Finding.objects.bulk_update(changed, ["excluded"], batch_size=BATCH)
    recount(organization_id)


def _told(exclusion: Exclusion) -> dict[str, object]:
    plain = replace(exclusion, until=None)
    named = {name: getattr(plain, name) for name in ("check", "account_id", "region", "tag", "native_id")}
    return {name: value for name, value in named.items() if value} | {"until": exclusion.until and exclusion.until.isoformat()}
