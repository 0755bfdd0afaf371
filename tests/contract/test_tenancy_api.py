"""A stranger learns nothing from /api/v1: every operation that its own OpenAPI document lists."""

import pytest
from django.http import HttpResponse
from django.test import Client

from assay.accounts.models import Organization
from assay.core.ids import new_id
from tests.contract.openapi import Operation, operations
from tests.factories.organizations import found_organization
from tests.factories.rows import fill_every_table
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

EVERY = operations()
PLACES = ("place",)
"""A charge has no id: its place is a row of the caller's own ledger, so there is none of another organization's to name."""
WITH_IDS = [operation for operation in EVERY if operation.parameters]


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.fixture
def eve() -> Organization:
    return found_organization("eve", owner_email="eve@example.com")


def _call(operation: Operation, value: object = "x", headers: dict[str, str] | None = None) -> HttpResponse:
    """One call; whatever it wrote is undone with the test."""
    client = Client(raise_request_exception=False)
    address = operation.address(str(value))
    return client.generic(  # type: ignore[return-value]  # a response
        operation.method, address, operation.body, "application/json", query_params=operation.query, headers=headers or {}
    )


@pytest.mark.parametrize("operation", EVERY, ids=lambda operation: operation.label)
def test_without_a_token_every_operation_is_refused(operation: Operation) -> None:
    for headers in ({}, {"Authorization": "Bearer assay_unknown"}):
        answer = _call(operation, new_id(), headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "unauthenticated"  # type: ignore[attr-defined]  # the test client's


def test_every_app_that_has_operations_is_walked() -> None:
    assert len(EVERY) > 20
    assert {"/api/v1/me", "/api/v1/sweeps/{sweep_id}"} <= {operation.path for operation in EVERY}


def test_no_operation_tells_a_foreign_object_from_none(ada: Organization, eve: Organization) -> None:
    foreign = {str(row.pk) for row in fill_every_table(ada).values() if not isinstance(row.pk, tuple)}
    headers = bearer(eve)
    told = []
    for operation in WITH_IDS:
        unknown = _call(operation, new_id(), headers)
        assert unknown.status_code in {400, 404}, operation.label
        told += [
            f"{operation.label} {value}: {answer.status_code}"
            for value in foreign
            if (answer := _call(operation, value, headers)).status_code != unknown.status_code
        ]
    assert told == []


@pytest.mark.parametrize(
    "operation",
    [operation for operation in WITH_IDS if operation.method in {"GET", "DELETE"}],
    ids=lambda operation: operation.label,
)
def test_an_unknown_object_is_404(operation: Operation, eve: Organization) -> None:
    answer = _call(operation, new_id(), bearer(eve))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")  # type: ignore[attr-defined]


def test_the_owner_reaches_what_the_stranger_does_not(ada: Organization) -> None:
    """Otherwise the walk above would prove nothing."""
    own = {str(row.pk) for row in fill_every_table(ada).values() if not isinstance(row.pk, tuple)}
    headers = bearer(ada)
    unreached = [
        operation.label
        for operation in WITH_IDS
        if operation.method == "GET"
        and operation.parameters != PLACES
        and all(_call(operation, value, headers).status_code == 404 for value in own)
    ]
    assert unreached == []
