import re
from datetime import UTC, datetime, timedelta

import pytest

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.models import AuditEntry, Invitation, Membership, Organization, SentMessage, User
from assay.accounts.selectors import invitations as offers
from assay.accounts.services import invitations
from assay.core import clock, tenancy
from assay.core.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories.members import add_member, principal_of
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = "correct horse battery"


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.fixture
def owner(ada: Organization) -> Principal:
    return principal_of(ada, "ada@example.com")


def _invite(owner: Principal, email: str = "ben@example.com", role: Role = Role.ENGINEER) -> str:
    """Returns the secret, which is in the mail and nowhere else."""
    with clock.frozen(NOON), tenancy.scope(owner.organization_id):
        invitations.invite_member(owner, email=email, role=role)
        text = SentMessage.objects.order_by("-id")[0].text
    found = re.search(r"/invitations/([\w-]{43})\s", text)
    assert found, text
    return found[1]


def _members(organization: Organization) -> dict[str, str]:
    with tenancy.scope(organization.id):
        return dict(Membership.objects.values_list("user__email", "role"))


def test_the_mail_says_who_invites_to_what_and_the_secret_is_kept_as_hash_only(ada: Organization, owner: Principal) -> None:
    secret = _invite(owner)
    with tenancy.scope(ada.id):
        message, invitation = SentMessage.objects.get(), Invitation.objects.values().get()
    assert message.to == ["ben@example.com"]
    assert message.subject == "ada@example.com invites you to Ada on Assay"
    assert "8 March 2026, 12:00 UTC" in message.text
    assert f'href="http://127.0.0.1:8000/invitations/{secret}"' in message.html
    assert secret not in str(invitation)


def test_a_new_person_joins_with_an_account_of_their_own(ada: Organization, owner: Principal) -> None:
    secret = _invite(owner)
    with clock.frozen(NOON):
        offer = offers.get_offer(secret)
        assert (offer.organization_name, offer.role, offer.has_account) == ("Ada", Role.ENGINEER, False)
        user = invitations.accept_with_new_account(secret, name="Ben", password=GOOD)
    assert user.check_password(GOOD)
    assert user.emailaddress_set.get().verified  # type: ignore[attr-defined]  # allauth's relation
    assert _members(ada)["ben@example.com"] == "engineer"
    with tenancy.scope(ada.id):
        assert AuditEntry.objects.get(action="invitation.accepted").actor_id == user.id


def test_a_person_with_an_account_joins_with_it(ada: Organization, owner: Principal) -> None:
    eve = found_organization("eve", owner_email="eve@example.com")
    secret = _invite(owner, "Eve@Example.com", Role.VIEWER)
    with clock.frozen(NOON):
        assert offers.get_offer(secret).has_account
        invitations.accept_with_account(secret, user_id=principal_of(eve, "eve@example.com").user_id)
    assert _members(ada)["eve@example.com"] == "viewer"


def test_a_link_works_once(ada: Organization, owner: Principal) -> None:
    secret = _invite(owner)
    with clock.frozen(NOON):
        invitations.accept_with_new_account(secret, name="Ben", password=GOOD)
        with pytest.raises(Conflict, match="accepted already"):
            offers.get_offer(secret)
        with pytest.raises(Conflict, match="accepted already"):
            invitations.accept_with_new_account(secret, name="Ben", password=GOOD)


def test_a_link_ends_after_seven_days(owner: Principal) -> None:
    secret = _invite(owner)
    with clock.frozen(NOON + timedelta(days=7) - timedelta(seconds=1)):
        offers.get_offer(secret)
    with clock.frozen(NOON + timedelta(days=7)), pytest.raises(Conflict, match="ended at 2026-03-08 12:00 UTC"):
        offers.get_offer(secret)


def test_a_withdrawn_or_repeated_invitation_stands_no_longer(ada: Organization, owner: Principal) -> None:
    first, second = _invite(owner), _invite(owner, "BEN@example.com")
    with clock.frozen(NOON), pytest.raises(Conflict, match="withdrawn"):
        offers.get_offer(first)
    with clock.frozen(NOON), tenancy.scope(ada.id):
        (listed,) = offers.list_invitations(ada.id)
        invitations.withdraw_invitation(owner, listed.id)
        with pytest.raises(NotFound):
            invitations.withdraw_invitation(owner, listed.id)
        assert offers.list_invitations(ada.id) == []
    with clock.frozen(NOON), pytest.raises(Conflict, match="withdrawn"):
        offers.get_offer(second)


def test_an_unknown_link_is_not_found(owner: Principal) -> None:
    with pytest.raises(NotFound):
        offers.get_offer("nothing")


def test_another_account_cannot_take_the_place(ada: Organization, owner: Principal) -> None:
    eve = found_organization("eve", owner_email="eve@example.com")
    secret = _invite(owner)
    with clock.frozen(NOON), pytest.raises(Forbidden, match=r"for ben@example\.com"):
        invitations.accept_with_account(secret, user_id=principal_of(eve, "eve@example.com").user_id)
    assert "eve@example.com" not in _members(ada)


@pytest.mark.parametrize("password", ["short", "password123", "ben@example.com"])
def test_a_weak_password_is_refused_and_the_invitation_still_stands(ada: Organization, owner: Principal, password: str) -> None:
    secret = _invite(owner)
    with clock.frozen(NOON):
        with pytest.raises(Invalid) as refusal:
            invitations.accept_with_new_account(secret, name="Ben", password=password)
        assert refusal.value.details["field"] == "password"
        assert not User.objects.filter(email="ben@example.com").exists()
        offers.get_offer(secret)


def test_nobody_makes_an_account_for_an_address_that_has_one(ada: Organization, owner: Principal) -> None:
    secret = _invite(owner)
    User.objects.create_user("ben@example.com", GOOD)
    with clock.frozen(NOON), pytest.raises(Conflict, match="has an account already"):
        invitations.accept_with_new_account(secret, name="Ben", password=GOOD)
    assert "ben@example.com" not in _members(ada)


def test_members_owners_and_bad_addresses_are_not_invited(ada: Organization, owner: Principal) -> None:
    add_member(ada, "ben@example.com")
    with tenancy.scope(ada.id):
        with pytest.raises(Conflict, match="member already"):
            invitations.invite_member(owner, email="Ben@example.com", role=Role.ADMIN)
        with pytest.raises(Invalid, match="Invite an admin"):
            invitations.invite_member(owner, email="new@example.com", role=Role.OWNER)
        with pytest.raises(Invalid, match="not an e-mail address"):
            invitations.invite_member(owner, email="nobody", role=Role.VIEWER)
        assert not Invitation.objects.exists()
        assert not SentMessage.objects.exists()
