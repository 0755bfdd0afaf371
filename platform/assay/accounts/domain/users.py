"""People as others see them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UserView:
    id: UUID
    email: str
    name: str
