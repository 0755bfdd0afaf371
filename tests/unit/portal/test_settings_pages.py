"""Members, teams and tokens by form."""

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from assay.accounts.domain.roles import Role
from assay.accounts.models import ApiToken, AuditEntry, Invitation, Membership, Organization, Team
from tests.unit.portal.conftest import inside

SECRET = re.compile(r'id="token-secret">(assay_[\w-]+)<')


def make_token(client: Client) -> str:
    answer = client.post(reverse("settings_tokens"), {"name": "laptop", "lifetime": "30", "scopes": ["tracking.read"]})
    match = SECRET.search(answer.text)
    assert match is not None
    return match[1]


def test_a_token_is_shown_once_and_works(ada: Client) -> None:
    secret = make_token(ada)
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert secret not in ada.get(reverse("settings_tokens")).text


def test_the_page_with_the_secret_is_not_kept_by_browsers(ada: Client) -> None:
    answer = ada.post(reverse("settings_tokens"), {"name": "laptop", "lifetime": "30", "scopes": ["tracking.read"]})
    assert "no-store" in answer["Cache-Control"]


def test_a_revoked_token_works_no_longer(ada: Client, organization: Organization) -> None:
    secret = make_token(ada)
    with inside(organization):
        token = ApiToken.objects.get(name="laptop")
    ada.post(reverse("settings_token", args=[token.id]))
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_an_engineer_offers_only_what_engineers_may(member: Callable[[Role], Client]) -> None:
    ben = member(Role.ENGINEER)
    assert "costs.read" not in ben.get(reverse("settings_tokens")).text
    answer = ben.post(reverse("settings_tokens"), {"name": "more", "lifetime": "30", "scopes": ["costs.read"]})
    assert SECRET.search(answer.text) is None


def test_a_token_without_scopes_is_refused_beside_the_field(ada: Client) -> None:
    answer = ada.post(reverse("settings_tokens"), {"name": "laptop", "lifetime": "30"})
    assert "field-error" in answer.text


def test_an_invitation_is_sent_and_withdrawn(ada: Client, organization: Organization) -> None:
    ada.post(reverse("settings_members"), {"email": "ben@example.com", "role": "engineer", "team": ""})
    assert "ben@example.com" in ada.get(reverse("settings_members")).text
    with inside(organization):
        invitation = Invitation.objects.get(email="ben@example.com")
    ada.post(reverse("settings_invitation", args=[invitation.id]))
    with inside(organization):
        invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


def test_a_role_changes_and_a_member_leaves(ada: Client, member: Callable[[Role], Client], organization: Organization) -> None:
    member(Role.VIEWER)
    with inside(organization):
        ben = Membership.objects.get(user__email="ben@example.com")
    ada.post(reverse("settings_member", args=[ben.id]), {"role": "finance"})
    with inside(organization):
        ben.refresh_from_db()
        assert ben.role == "finance"
    ada.post(reverse("settings_member", args=[ben.id]), {"remove": "1"})
    with inside(organization):
        assert not Membership.objects.filter(id=ben.id).exists()


def test_the_last_owner_stays_and_is_told_why(ada: Client, organization: Organization) -> None:
    with inside(organization):
        own = Membership.objects.get()
    answer = ada.post(reverse("settings_member", args=[own.id]), {"role": "viewer"}, follow=True)
    assert "only owner" in answer.text
    with inside(organization):
        own.refresh_from_db()
    assert own.role == "owner"


def test_teams_form_a_tree(ada: Client, organization: Organization) -> None:
    ada.post(reverse("settings_teams"), {"name": "Research", "parent": ""})
    with inside(organization):
        research = Team.objects.get()
    ada.post(reverse("settings_teams"), {"name": "Vision", "parent": str(research.id)})
    assert "Vision" in ada.get(reverse("settings_teams")).text
    refused = ada.post(reverse("settings_team", args=[research.id]), {"remove": "1"}, follow=True)
    assert "still used" in refused.text


def test_a_viewer_cannot_rename_the_organization(member: Callable[[Role], Client]) -> None:
    ben = member(Role.VIEWER)
    assert ben.get(reverse("settings")).status_code == 200
    assert ben.post(reverse("settings"), {"name": "Mine", "timezone": "UTC"}).status_code == 403


def test_the_organization_says_when_a_silent_run_is_lost(ada: Client, organization: Organization) -> None:
    address, body = reverse("settings"), {"name": organization.name, "timezone": "UTC"}
    assert 'value="24"' in ada.get(address).text
    assert "Saved." in ada.post(address, body | {"silent_run_hours": "72"}, follow=True).text
    with inside(organization):
        organization.refresh_from_db()
    assert organization.silent_run_hours == 72
    for refused in ("0", "8761", "", "soon"):
        assert "field-error" in ada.post(address, body | {"silent_run_hours": refused}).text


def test_changes_stand_in_the_audit_log(ada: Client, organization: Organization) -> None:
    ada.post(reverse("settings"), {"name": "Renamed", "timezone": "Europe/Berlin", "silent_run_hours": "24"})
    assert "organization.changed" in ada.get(reverse("settings_audit")).text
    with inside(organization):
        assert AuditEntry.objects.filter(actor__email="ada@example.com").exists()
