"""Members and invitations as others see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.accounts.domain.roles import Role


@dataclass(frozen=True, slots=True)
class MemberView:
    """id: of the membership."""

    id: UUID
    user_id: UUID
    email: str
    name: str
    role: Role
    team_id: UUID | None
    team_name: str
    joined_at: datetime
    last_login_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An offer that still stands, as the organization lists it; expired ones stay listed until withdrawn or repeated."""

    id: UUID
    email: str
    role: Role
    team_id: UUID | None
    team_name: str
    invited_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationOffer:
    """What the holder of an invitation's link sees. has_account: the address is known, so its owner signs in to accept."""

    id: UUID
    organization_id: UUID
    organization_name: str
    email: str
    role: Role
    has_account: bool
