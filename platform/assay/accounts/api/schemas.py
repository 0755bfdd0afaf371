"""Bodies of the accounts part of /api/v1."""

from uuid import UUID

from ninja import Schema

from assay.accounts.domain.roles import Permission, Role


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


class Me(Schema):
    user: UserOut
    organization: OrganizationOut
    role: Role
    permissions: list[Permission]
    version: str
