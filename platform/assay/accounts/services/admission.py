"""Who calls: a token is looked up at every call, so a revocation holds from the next one on."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import PERMISSIONS, Permission, Role
from assay.accounts.domain.secrets import hash_secret
from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import Unauthenticated
from assay.core.statements import execute_prepared

USE_NOTED_EVERY = timedelta(minutes=1)

# Calls of one token come in parallel: whoever finds the row taken leaves the note to the one that has it.
_NOTE_USE = """
UPDATE accounts_apitoken SET last_used_at = %(at)s WHERE id = (
    SELECT id FROM accounts_apitoken WHERE id = %(token)s AND organization_id = %(organization)s FOR NO KEY UPDATE SKIP LOCKED
)
"""

CALLER = """caller AS MATERIALIZED (
    SELECT organization_id FROM assay_admit(%(token_hash)s)
    WHERE revoked_at IS NULL AND expires_at > now() AND is_active AND role = ANY(%(roles)s) AND %(permission)s = ANY(scopes)
      AND last_used_at > now() - interval '1 minute'
)"""
"""For a statement that is admission, act and transaction in one: who calls, or no row. It is no refusal: whoever gets none goes
through `admitted`, which says why, or notes the token's use. What follows must draw its rows from `caller`, for the organization is entered by reading it.
"""


class _Holder(NamedTuple):
    """What assay_admit() tells. role: empty for somebody who is no member any more."""

    token_id: UUID
    organization_id: UUID
    user_id: UUID
    email: str
    is_active: bool
    role: str
    scopes: list[str]
    prefix: str
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@contextmanager
def admitted(authorization: str) -> Iterator[Principal]:
    """One transaction in the scope of the organization whose token stands in an `Authorization` header.

    Takes `Bearer <token>`, `token <token>`, and Basic with the token as password. Costs one statement, and another one a minute.
    yields: who holds the token. raises: Unauthenticated saying what to do.
    """
    token_hash = hash_secret(_read_secret(authorization))
    principals = []

    def admit() -> UUID:
        holder = _find_holder(token_hash)
        _note_use(holder)
        principals.append(_describe(holder))
        return holder.organization_id

    with tenancy.admission(admit):
        yield principals[0]


def name_caller(authorization: str, permission: Permission) -> dict[str, Any]:
    """The parameters of CALLER. raises: Unauthenticated for a header that cannot be read."""
    return {
        "token_hash": hash_secret(_read_secret(authorization)),
        "roles": _roles_with(permission),
        "permission": str(permission),
    }


@cache
def _roles_with(permission: Permission) -> list[str]:
    return [str(role) for role, granted in PERMISSIONS.items() if permission in granted]


def authenticate(authorization: str) -> Principal:
    """As admitted, in a short transaction of its own: for calls that enter a scope later. raises: Unauthenticated."""
    with admitted(authorization) as principal:
        return principal


def _find_holder(token_hash: str) -> _Holder:
    with execute_prepared("SELECT * FROM assay_admit(%s)", [token_hash]) as cursor:
        row = cursor.fetchone()
    if row is None:
        raise Unauthenticated("This API token is not known here: make one under Settings, API tokens.")
    holder = _Holder(*row)
    if holder.revoked_at is not None:
        raise Unauthenticated(f"The API token {holder.prefix}… was revoked: make a new one under Settings, API tokens.")
    if holder.expires_at <= now():
        raise Unauthenticated(
            f"The API token {holder.prefix}… ended at {holder.expires_at:%Y-%m-%d %H:%M} UTC: "
            "make a new one under Settings, API tokens."
        )
    if not holder.role or not holder.is_active:
        raise Unauthenticated("The holder of this API token is no longer a member of the organization: ask an admin.")
    return holder


def _describe(holder: _Holder) -> Principal:
    return Principal(
        organization_id=holder.organization_id,
        user_id=holder.user_id,
        email=holder.email,
        role=Role(holder.role),
        scopes=frozenset(Permission(scope) for scope in holder.scopes),
        token_id=holder.token_id,
        expires_at=holder.expires_at,
    )


def _note_use(holder: _Holder) -> None:
    at = now()
    if holder.last_used_at is None or at - holder.last_used_at >= USE_NOTED_EVERY:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE_USE, {"at": at, "token": holder.token_id, "organization": holder.organization_id})


def _read_secret(authorization: str) -> str:
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() in {"bearer", "token"} and value.strip():
        return value.strip()
    if scheme.lower() == "basic":
        return _read_basic_password(value.strip())
    raise Unauthenticated("Send an API token: `Authorization: Bearer <token>`, or Basic with the token as password.")


def _read_basic_password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unauthenticated("The Basic credentials cannot be read: send user:token, base64-encoded.") from error
