"""What is done when other apps say that something happened."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from assay.registry.domain.webhooks import Event
from assay.registry.services.announcements import announce


def announce_findings(*, organization_id: UUID, findings: Sequence[Mapping[str, object]], **_: Any) -> None:
    """In the transaction in which they were written."""
    announce(organization_id, Event.FINDING_CREATED, *findings)
