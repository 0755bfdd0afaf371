"""What is done when lower apps say that something happened."""

from typing import Any
from uuid import UUID

from assay.core.deferral import defer


def verify_after_import(*, organization_id: UUID, **_: Any) -> None:
    """A new bill tells what applied findings saved."""
    defer("recommendations.verify_savings", organization_id=str(organization_id))
