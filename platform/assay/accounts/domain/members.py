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
