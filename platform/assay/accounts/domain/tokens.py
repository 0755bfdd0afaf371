"""API tokens as others see them: never the secret."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from assay.accounts.domain.roles import Permission


class TokenState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class TokenView:
    """prefix: the first characters of the secret, by which its owner knows it again."""

    id: UUID
    user_id: UUID
    user_email: str
    name: str
    prefix: str
    scopes: tuple[Permission, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def state(self, at: datetime) -> TokenState:
        if self.revoked_at is not None:
            return TokenState.REVOKED
        return TokenState.EXPIRED if self.expires_at <= at else TokenState.ACTIVE
