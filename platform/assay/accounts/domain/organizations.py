"""Organizations as others see them."""

from dataclasses import dataclass
from uuid import UUID

from assay.accounts.domain.roles import Role


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """currency: ISO 4217, of its bill. timezone: IANA name, in which its days and months begin."""

    id: UUID
    slug: str
    name: str
    currency: str
    timezone: str


@dataclass(frozen=True, slots=True)
class OwnOrganization:
    """An organization that a user belongs to, and as what."""

    id: UUID
    slug: str
    name: str
    role: Role
