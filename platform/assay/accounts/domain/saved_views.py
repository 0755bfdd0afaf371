"""Saved views: a page with everything that its address says, under a name."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from assay.core.errors import Invalid

NAME_LENGTH = 100
PATH_LENGTH = 500
QUERY_LENGTH = 6_000
PASSING = frozenset({"cursor", "trail", "page"})
"""Parts of an address that say where somebody was reading, not what they were looking at."""


@dataclass(frozen=True, slots=True)
class SavedViewView:
    """path: of the page; query: the rest of its address, without `?`. is_own: whether who asked made it."""

    id: UUID
    name: str
    path: str
    query: str
    is_shared: bool
    is_own: bool
    owner: str
    updated_at: datetime

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


def read_name(text: str) -> str:
    """raises: Invalid."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise Invalid(f"A view needs a name of 1 to {NAME_LENGTH} characters.", field="name")
    return name


def read_address(address: str) -> tuple[str, str]:
    """Path and query of an address within this installation. raises: Invalid for any other, so that no view leads elsewhere."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise Invalid("The address of the view cannot be read.", field="address") from error
    if not is_own or parts.netloc or parts.scheme:
        raise Invalid(
            "The address of a view is a path of this installation, such as /experiments/3?sort=-cost.", field="address"
        )
    kept = "&".join(part for part in parts.query.split("&") if part and part.partition("=")[0] not in PASSING)
    if len(parts.path) > PATH_LENGTH or len(kept) > QUERY_LENGTH:
        raise Invalid(
            f"The address of the view is longer than {QUERY_LENGTH:,} characters: choose fewer columns.", field="address"
        )
    return parts.path, kept
