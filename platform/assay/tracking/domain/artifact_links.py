"""Addresses that work without credentials, for one action, for a while."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from assay.core.errors import Forbidden


class LinkAction(StrEnum):
    DOWNLOAD = "download"
    UPLOAD = "upload"
    PART = "part"


@dataclass(frozen=True, slots=True)
class SignedLink:
    """Either url, a whole address in a bucket; or token, for Assay's own address of this action."""

    action: LinkAction
    url: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What a token allows. upload_id and part_number: of a part only."""

    action: LinkAction
    organization_id: UUID
    path: str
    expires_at: datetime
    upload_id: str = ""
    part_number: int = 0


class LinkRefused(Forbidden):
    def __init__(self) -> None:
        super().__init__("This link has expired or was never given out: ask for a new one.")
