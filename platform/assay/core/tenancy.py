"""The two walls between organizations: a manager that needs a scope, and row-level security in PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import connection, models

from assay.core.errors import AssayError
from assay.core.ids import new_id
from assay.core.transactions import transaction_opened_by

M = TypeVar("M", bound=models.Model)

_organization: ContextVar[UUID | None] = ContextVar("organization", default=None)


class ScopeMissing(AssayError):
    """Tenant data was asked for outside `tenancy.scope`: a defect, never a user's fault."""

    code = "scope_missing"


def find_current() -> UUID | None:
    return _organization.get()


def current() -> UUID:
    organization_id = _organization.get()
    if organization_id is None:
        raise ScopeMissing("no organization is in scope: enter tenancy.scope(organization_id) first")
    return organization_id


@contextmanager
def scope(organization_id: UUID) -> Iterator[None]:
    """One transaction that sees one organization.

    Entered once by each entry point (page, protocol call, task). Inside, managers filter by the organization and
    PostgreSQL's policies compare with `assay.organization`. An exception rolls everything back.
    """

    def enter() -> UUID:
        _set_local(organization=organization_id)
        return organization_id

    with admission(enter):
        yield


@contextmanager
def admission(enter: Callable[[], UUID]) -> Iterator[None]:
    """A scope whose organization comes out of its own first statement.

    enter: runs that statement, which sets `assay.organization` itself, and returns the id; raises to refuse.
    """
    outer, nested = _organization.get(), connection.in_atomic_block
    with transaction_opened_by(enter) as organization_id:
        token = _organization.set(organization_id)
        try:
            yield
        finally:
            _organization.reset(token)
        if nested:
            _set_local(organization=outer)


@contextmanager
def identify(*, user_id: UUID | None = None, token_hash: str | None = None) -> Iterator[None]:
    """One transaction that sees only what one user or one secret owns, before an organization is known.

    user_id: opens the user's own memberships. token_hash: hex SHA-256; opens the one API token or invitation that has it.
    """
    nested = connection.in_atomic_block
    with transaction_opened_by(lambda: _set_local(user=user_id, token_hash=token_hash)):
        yield
        if nested:
            _set_local(user=None, token_hash=None)


def organization_ids() -> list[UUID]:
    """Ids of all organizations and nothing else: for scheduled work, which then enters each scope in turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM assay_organization_ids() AS id ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def _set_local(**values: UUID | str | None) -> None:
    """Set `assay.<name>` until the transaction ends; None clears it."""
    calls = ", ".join("set_config(%s, %s, true)" for _ in values)
    parameters = [text for name, value in values.items() for text in (f"assay.{name}", str(value or ""))]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", parameters)


class TenantManager(models.Manager[M]):
    """Filters by the organization in scope; raises ScopeMissing outside one."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(organization_id=current())


class TenantModel(models.Model):
    """Base of every tenant table; its creating migration calls `rls.protect`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unscoped: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
