"""The rules by which an organization leaves findings out."""

from typing import Any
from uuid import UUID

from assay.recommendations.domain.exclusions import Exclusion
from assay.recommendations.models import FindingExclusion


def read_exclusions(organization_id: UUID) -> list[Exclusion]:
    return [exclusion_of(row) for row in FindingExclusion.objects.filter(organization_id=organization_id)]


def exclusion_of(row: FindingExclusion) -> Exclusion:
    return Exclusion(row.check_name, row.account_id, row.region, row.tag, row.native_id, row.until)


def list_exclusions(organization_id: UUID) -> list[dict[str, Any]]:
    """Newest first, as plain values."""
    rows = FindingExclusion.objects.filter(organization_id=organization_id).order_by("-created_at", "-id")
    return [_plain(row) for row in rows]


def get_exclusion(organization_id: UUID, exclusion_id: UUID) -> dict[str, Any] | None:
    row = FindingExclusion.objects.filter(organization_id=organization_id, id=exclusion_id).first()
    return _plain(row) if row else None


def _plain(row: FindingExclusion) -> dict[str, Any]:
    same = ("id", "reason", "account_id", "region", "tag", "native_id", "until", "created_at")
    return {"check": row.check_name, **{name: getattr(row, name) for name in same}}
