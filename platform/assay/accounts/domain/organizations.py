"""Organizations as others see them."""

from dataclasses import dataclass
from uuid import UUID

from assay.accounts.domain.roles import Role

SILENT_RUN_HOURS = 24
"""Of an organization that chose nothing else: a run may train an epoch of many hours without a word."""

MOST_SILENT_RUN_HOURS = 24 * 365


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """currency: ISO 4217, of its bill. timezone: IANA name, in which its days and months begin. silent_run_hours: after so long
    without a word, a run whose client promised no heartbeats is lost.
    """

    id: UUID
    slug: str
    name: str
    currency: str
    timezone: str
    silent_run_hours: int = SILENT_RUN_HOURS


@dataclass(frozen=True, slots=True)
class OwnOrganization:
    """An organization that a user belongs to, and as what."""

    id: UUID
    slug: str
    name: str
    role: Role
