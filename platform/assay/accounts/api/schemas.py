"""Bodies of the accounts part of /api/v1."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Schema

from assay.accounts.domain.organizations import MOST_SILENT_RUN_HOURS
from assay.accounts.domain.roles import Permission, Role

Name = Annotated[str, Field(min_length=1, max_length=200)]


class UserOut(Schema):
    id: UUID
    email: str
    name: str


class OrganizationOut(Schema):
    id: UUID
    slug: str
    name: str
    currency: str
    timezone: str
    silent_run_hours: int


class OrganizationChange(Schema):
    """What is left out stays. timezone: IANA name. silent_run_hours: when a run that promised no heartbeats is lost."""

    name: Name | None = None
    timezone: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    silent_run_hours: Annotated[int, Field(ge=1, le=MOST_SILENT_RUN_HOURS)] | None = None


class Me(Schema):
    user: UserOut
    organization: OrganizationOut
    role: Role
    permissions: list[Permission]
    version: str


class MemberOut(Schema):
    id: UUID
    user_id: UUID
    email: str
    name: str
    role: Role
    team_id: UUID | None
    team_name: str
    joined_at: datetime
    last_login_at: datetime | None


class MemberChange(Schema):
    """Only what is sent is changed; `team_id: null` takes the member out of the team."""

    role: Role | None = None
    team_id: UUID | None = None


class InvitationIn(Schema):
    email: str = Field(max_length=254)
    role: Role
    team_id: UUID | None = None


class InvitationOut(Schema):
    id: UUID
    email: str
    role: Role
    team_id: UUID | None
    team_name: str
    invited_by: str
    created_at: datetime
    expires_at: datetime


class TeamIn(Schema):
    name: Name
    parent_id: UUID | None = None


class TeamChange(Schema):
    """Only what is sent is changed; `parent_id: null` moves the team to the top."""

    name: Name | None = None
    parent_id: UUID | None = None


class TeamOut(Schema):
    id: UUID
    parent_id: UUID | None
    name: str
    path: list[str]
    members: int


class TokenIn(Schema):
    name: Name
    scopes: list[Permission] = Field(min_length=1)
    expires_at: datetime = Field(description="With its zone, e.g. 2027-01-31T00:00:00Z")


class TokenOut(Schema):
    id: UUID
    user_id: UUID
    user_email: str
    name: str
    prefix: str
    scopes: list[Permission]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewToken(TokenOut):
    """The only answer that shows the secret."""

    token: str


class AuditEntryOut(Schema):
    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, object]


class Members(Schema):
    items: list[MemberOut]
    next_cursor: None = None


class Invitations(Schema):
    items: list[InvitationOut]
    next_cursor: None = None


class Teams(Schema):
    items: list[TeamOut]
    next_cursor: None = None


class Tokens(Schema):
    items: list[TokenOut]
    next_cursor: None = None


class AuditEntries(Schema):
    items: list[AuditEntryOut]
    next_cursor: UUID | None


class SavedViewIn(Schema):
    """address: path and query of a page, e.g. `/experiments/3?filter=...&sort=-cost`."""

    name: str = Field(min_length=1, max_length=100)
    address: str = Field(min_length=1, max_length=8_000)
    is_shared: bool = False


class SavedViewChange(Schema):
    """Only what is sent is changed."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    address: str | None = Field(default=None, min_length=1, max_length=8_000)
    is_shared: bool | None = None


class SavedViewOut(Schema):
    """owner: e-mail of who made it. is_own: whether that is you."""

    id: UUID
    name: str
    address: str
    path: str
    query: str
    is_shared: bool
    is_own: bool
    owner: str
    updated_at: datetime


class SavedViews(Schema):
    items: list[SavedViewOut]
    next_cursor: None = None
