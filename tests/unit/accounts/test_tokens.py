import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission, Role
from assay.accounts.models import ApiToken, AuditEntry, Membership, Organization, User
from assay.accounts.services import admission, tokens
from assay.core import clock, tenancy
from assay.core.errors import Forbidden, Invalid, NotFound, Unauthenticated
from assay.core.ids import new_id
from assay.core.statements import execute_prepared
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


def _issue(organization: Organization, *scopes: Permission) -> tuple[ApiToken, str]:
    user = User.objects.get(email="ada@example.com")
    with clock.frozen(NOON), tenancy.scope(organization.id):
        return tokens.issue_token(
            organization.id, user_id=user.id, name="laptop", scopes=scopes or [Permission.TRACKING_READ], expires_at=LATER
        )


def _authenticate(authorization: str, at: datetime = NOON) -> Principal:
    with clock.frozen(at):
        return admission.authenticate(authorization)


def test_a_token_is_accepted_in_every_form_that_clients_send(ada: Organization) -> None:
    _, secret = _issue(ada)
    basic = base64.b64encode(f"token:{secret}".encode()).decode()
    for header in (f"Bearer {secret}", f"bearer  {secret} ", f"token {secret}", f"Basic {basic}"):
        principal = _authenticate(header)
        assert (principal.organization_id, principal.email, principal.role) == (ada.id, "ada@example.com", Role.OWNER)


def test_the_secret_is_random_recognisable_and_stored_only_as_its_hash(ada: Organization) -> None:
    token, secret = _issue(ada)
    assert secret.startswith("assay_")
    assert len(secret) == 49
    assert secret.startswith(token.prefix)
    assert len(token.prefix) < 16
    with tenancy.scope(ada.id):
        stored = ApiToken.objects.values().get()
        logged = AuditEntry.objects.values().get(action="token.issued")
    assert secret not in str(stored)
    assert secret not in str(logged)


def test_a_token_can_do_what_its_scopes_and_the_role_both_allow(ada: Organization) -> None:
    _, secret = _issue(ada, Permission.TRACKING_READ, Permission.COSTS_READ)
    assert _authenticate(f"Bearer {secret}").permissions == {Permission.TRACKING_READ, Permission.COSTS_READ}
    with tenancy.scope(ada.id):
        Membership.objects.update(role=Role.VIEWER)
    assert _authenticate(f"Bearer {secret}").permissions == {Permission.TRACKING_READ}


@pytest.mark.parametrize(
    ("header", "advice"),
    [
        ("", "Send an API token"),
        ("Bearer", "Send an API token"),
        ("Negotiate abc", "Send an API token"),
        ("Bearer assay_unknown", "not known here"),
        ("Bearer \x00", "not known here"),
        ("Basic ###", "base64"),
        ("Basic " + base64.b64encode(b"\xff:\xff").decode(), "base64"),
        ("Basic " + base64.b64encode(b"nocolon").decode(), "not known here"),
    ],
)
def test_what_is_no_token_is_refused_with_advice(header: str, advice: str) -> None:
    with pytest.raises(Unauthenticated, match=advice):
        _authenticate(header)


def test_a_token_works_until_its_end_and_not_from_then_on(ada: Organization) -> None:
    _, secret = _issue(ada)
    assert _authenticate(f"Bearer {secret}", LATER - timedelta(microseconds=1)).email == "ada@example.com"
    with pytest.raises(Unauthenticated, match="ended at 2026-03-31 12:00 UTC"):
        _authenticate(f"Bearer {secret}", LATER)


def test_a_revoked_token_is_refused_at_once_and_stays_so(ada: Organization) -> None:
    token, secret = _issue(ada)
    _authenticate(f"Bearer {secret}")
    with tenancy.scope(ada.id):
        tokens.revoke_token(ada.id, token.id, actor_id=token.user_id)
        tokens.revoke_token(ada.id, token.id, actor_id=token.user_id)
        assert AuditEntry.objects.filter(action="token.revoked").count() == 1
    with pytest.raises(Unauthenticated, match="was revoked"):
        _authenticate(f"Bearer {secret}")


@pytest.mark.parametrize("loss", ["membership", "activity"])
def test_the_token_of_a_member_who_left_is_refused(ada: Organization, loss: str) -> None:
    _, secret = _issue(ada)
    with tenancy.scope(ada.id):
        if loss == "membership":
            Membership.objects.all().delete()
        else:
            User.objects.update(is_active=False)
    with pytest.raises(Unauthenticated, match="no longer a member"):
        _authenticate(f"Bearer {secret}")


def test_use_is_noted_at_most_once_a_minute(ada: Organization) -> None:
    token, secret = _issue(ada)
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (119, 60), (500, 500)):
        _authenticate(f"Bearer {secret}", NOON + timedelta(seconds=seconds))
        with tenancy.scope(ada.id):
            assert ApiToken.objects.get(id=token.id).last_used_at == NOON + timedelta(seconds=noted)


def test_a_known_token_costs_one_statement(ada: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret = _issue(ada)
    _authenticate(f"Bearer {secret}")
    prepared: list[str] = []

    def execute(statement: str, parameters: Any) -> Any:
        prepared.append(statement)
        return execute_prepared(statement, parameters)

    monkeypatch.setattr(admission, "execute_prepared", execute)
    with CaptureQueriesContext(connection) as queries:
        _authenticate(f"Bearer {secret}")
    assert len(prepared) == 1
    assert [query["sql"] for query in queries if "FROM" in query["sql"]] == []


def test_a_token_needs_a_name_a_scope_and_an_end_in_the_future(ada: Organization) -> None:
    user = User.objects.get(email="ada@example.com")
    good: dict[str, Any] = {"name": "ci", "scopes": [Permission.COSTS_READ], "expires_at": LATER}
    bad: list[dict[str, Any]] = [
        {"name": " "},
        {"name": "x" * 201},
        {"scopes": []},
        {"scopes": ["root"]},
        {"expires_at": NOON},
        {"expires_at": LATER.replace(tzinfo=None)},
    ]
    for change in bad:
        with clock.frozen(NOON), tenancy.scope(ada.id), pytest.raises(Invalid) as refusal:
            tokens.issue_token(ada.id, user_id=user.id, **(good | change))
        assert refusal.value.details["field"] in change


def test_only_members_get_tokens(ada: Organization) -> None:
    found_organization("eve", owner_email="eve@example.com")
    stranger = User.objects.get(email="eve@example.com")
    with clock.frozen(NOON), tenancy.scope(ada.id), pytest.raises(NotFound):
        tokens.issue_token(ada.id, user_id=stranger.id, name="x", scopes=[Permission.COSTS_READ], expires_at=LATER)


def test_no_token_makes_one_that_can_do_more_or_lives_longer(ada: Organization) -> None:
    _, secret = _issue(ada, Permission.TRACKING_READ)
    principal = _authenticate(f"Bearer {secret}")
    with clock.frozen(NOON), tenancy.scope(ada.id):
        with pytest.raises(Forbidden, match=r"costs\.read"):
            tokens.issue_own_token(principal, name="x", scopes=[Permission.COSTS_READ], expires_at=LATER)
        with pytest.raises(Forbidden, match="outlives"):
            tokens.issue_own_token(
                principal, name="x", scopes=[Permission.TRACKING_READ], expires_at=LATER + timedelta(seconds=1)
            )
        tokens.issue_own_token(principal, name="x", scopes=[Permission.TRACKING_READ], expires_at=LATER)


def test_members_revoke_their_own_tokens_and_admins_everyones(ada: Organization) -> None:
    token, _ = _issue(ada)
    ben = Principal(organization_id=ada.id, user_id=new_id(), email="ben@example.com", role=Role.ENGINEER)
    with tenancy.scope(ada.id):
        with pytest.raises(NotFound):
            tokens.revoke_visible_token(ben, token.id)
        admin = Principal(organization_id=ada.id, user_id=token.user_id, email="ada@example.com", role=Role.ADMIN)
        tokens.revoke_visible_token(admin, token.id)
        assert ApiToken.objects.get(id=token.id).revoked_at is not None
