"""Who is asking, for which organization, with which permissions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.accounts.domain.roles import PERMISSIONS, Permission, Role
from assay.core.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in member or an API token, acting inside one organization.

    scopes: what the token is limited to; None for a session, which has all that the role allows.
    token_id, expires_at: of the token; None for a session.
    """

    organization_id: UUID
    user_id: UUID
    email: str
    role: Role
    scopes: frozenset[Permission] | None = None
    token_id: UUID | None = None
    expires_at: datetime | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        granted = PERMISSIONS[self.role]
        return granted if self.scopes is None else granted & self.scopes

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """raises: Forbidden naming the permission."""
        if not self.may(permission):
            raise Forbidden(
                f"This needs the permission {permission}; ask an owner or admin of the organization for it.",
                permission=str(permission),
            )
