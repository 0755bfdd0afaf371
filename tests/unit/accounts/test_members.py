import pytest

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.models import ApiToken, AuditEntry, Membership, Organization, Team
from assay.accounts.selectors import memberships
from assay.accounts.services import members
from assay.core import tenancy
from assay.core.errors import Conflict, Forbidden, NotFound
from assay.core.ids import new_id
from tests.factories.members import add_member, membership_id, principal_of
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.fixture
def owner(ada: Organization) -> Principal:
    return principal_of(ada, "ada@example.com")


@pytest.fixture
def ben(ada: Organization) -> Principal:
    return add_member(ada, "ben@example.com")


def test_an_owner_gives_a_member_another_role_and_the_log_says_so(ada: Organization, owner: Principal, ben: Principal) -> None:
    with tenancy.scope(ada.id):
        members.change_role(owner, membership_id(ada, ben.email), role=Role.FINANCE)
        assert Membership.objects.get(user_id=ben.user_id).role == "finance"
        entry = AuditEntry.objects.get(action="member.role_changed")
    assert (entry.actor_id, entry.subject) == (owner.user_id, "ben@example.com")
    assert (entry.details["before"], entry.details["after"]) == ("engineer", "finance")


def test_the_only_owner_stays_owner_and_member(ada: Organization, owner: Principal, ben: Principal) -> None:
    own = membership_id(ada, owner.email)
    with tenancy.scope(ada.id):
        with pytest.raises(Conflict, match="only owner"):
            members.change_role(owner, own, role=Role.ADMIN)
        with pytest.raises(Conflict, match="only owner"):
            members.remove_member(owner, own)
        members.change_role(owner, membership_id(ada, ben.email), role=Role.OWNER)
        members.remove_member(owner, own)
        assert [row.user_id for row in Membership.objects.all()] == [ben.user_id]


def test_an_admin_neither_makes_nor_touches_owners(ada: Organization, owner: Principal, ben: Principal) -> None:
    admin = add_member(ada, "admin@example.com", Role.ADMIN)
    with tenancy.scope(ada.id):
        with pytest.raises(Forbidden, match="Only an owner"):
            members.change_role(admin, membership_id(ada, ben.email), role=Role.OWNER)
        with pytest.raises(Forbidden, match="Only an owner"):
            members.change_role(admin, membership_id(ada, owner.email), role=Role.VIEWER)
        with pytest.raises(Forbidden, match="Only an owner"):
            members.remove_member(admin, membership_id(ada, owner.email))
        members.remove_member(admin, membership_id(ada, ben.email))


def test_who_is_removed_loses_the_tokens_of_this_organization_for_good(
    ada: Organization, owner: Principal, ben: Principal
) -> None:
    bearer(ada, email=ben.email)
    with tenancy.scope(ada.id):
        members.remove_member(owner, membership_id(ada, ben.email))
        assert ApiToken.objects.get(user_id=ben.user_id).revoked_at is not None


def test_members_of_other_organizations_and_their_teams_are_not_found(ada: Organization, owner: Principal) -> None:
    eve = found_organization("eve", owner_email="eve@example.com")
    stranger = membership_id(eve, "eve@example.com")
    with tenancy.scope(eve.id):
        foreign_team = Team.objects.create(organization=eve, name="research")
    with tenancy.scope(ada.id):
        for unknown in (stranger, new_id()):
            with pytest.raises(NotFound):
                members.change_role(owner, unknown, role=Role.VIEWER)
            with pytest.raises(NotFound):
                members.remove_member(owner, unknown)
        with pytest.raises(NotFound):
            members.assign_team(owner, membership_id(ada, owner.email), team_id=foreign_team.id)


def test_members_are_listed_by_name_with_their_team(ada: Organization, owner: Principal, ben: Principal) -> None:
    with tenancy.scope(ada.id):
        team = Team.objects.create(organization=ada, name="research")
        members.assign_team(owner, membership_id(ada, ben.email), team_id=team.id)
        listed = memberships.list_members(ada.id)
    assert [(member.email, member.role, member.team_name) for member in listed] == [
        ("ada@example.com", Role.OWNER, ""),
        ("ben@example.com", Role.ENGINEER, "research"),
    ]


def test_a_user_of_several_organizations_acts_in_the_chosen_one_else_in_the_oldest(ada: Organization) -> None:
    eve = found_organization("eve", owner_email="ada@example.com")
    user_id = principal_of(ada, "ada@example.com").user_id
    assert [own.slug for own in memberships.list_organizations(user_id)] == ["ada", "eve"]
    for asked, found in ((str(eve.id), eve.id), (str(ada.id), ada.id), (None, ada.id), (str(new_id()), ada.id)):
        principal = memberships.find_principal(user_id, asked)
        assert principal is not None
        assert principal.organization_id == found
    assert memberships.find_principal(new_id(), None) is None
