from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.domain.teams import makes_cycle, path_names
from assay.accounts.models import AuditEntry, Invitation, Organization, Team
from assay.accounts.selectors import teams as tree
from assay.accounts.services import invitations, members, teams
from assay.core import tenancy
from assay.core.errors import Conflict, Invalid, NotFound
from assay.core.ids import new_id
from tests.factories.members import membership_id, principal_of
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.fixture
def owner(ada: Organization) -> Principal:
    return principal_of(ada, "ada@example.com")


def _create(owner: Principal, name: str, parent_id: UUID | None = None) -> UUID:
    return teams.create_team(owner.organization_id, name=name, parent_id=parent_id, actor_id=owner.user_id).id


def test_teams_are_listed_as_a_tree(ada: Organization, owner: Principal) -> None:
    with tenancy.scope(ada.id):
        research = _create(owner, "research")
        _create(owner, "Platform")
        _create(owner, "vision", research)
        _create(owner, " audio  lab ", research)
        listed = [(team.path, team.depth) for team in tree.list_teams(ada.id)]
    assert listed == [
        (("Platform",), 0),
        (("research",), 0),
        (("research", "audio lab"), 1),
        (("research", "vision"), 1),
    ]


def test_a_name_is_free_once_per_parent(ada: Organization, owner: Principal) -> None:
    with tenancy.scope(ada.id):
        research = _create(owner, "research")
        _create(owner, "research", research)
        for parent in (None, research):
            with pytest.raises(Conflict, match="already a team research"):
                _create(owner, "research", parent)
        for bad in ("", " ", "x" * 201):
            with pytest.raises(Invalid):
                _create(owner, bad)


def test_a_team_cannot_be_moved_below_itself(ada: Organization, owner: Principal) -> None:
    with tenancy.scope(ada.id):
        top = _create(owner, "top")
        middle = _create(owner, "middle", top)
        leaf = _create(owner, "leaf", middle)
        for target in (top, middle, leaf):
            with pytest.raises(Conflict, match="below itself"):
                teams.move_team(ada.id, top, parent_id=target, actor_id=owner.user_id)
        teams.move_team(ada.id, middle, parent_id=None, actor_id=owner.user_id)
        assert tree.get_team(ada.id, leaf).path == ("middle", "leaf")
        assert AuditEntry.objects.filter(action="team.moved").count() == 1


def test_a_team_in_use_is_kept_and_the_answer_says_by_what(ada: Organization, owner: Principal) -> None:
    with tenancy.scope(ada.id):
        team = _create(owner, "research")
        child = _create(owner, "vision", team)
        members.assign_team(owner, membership_id(ada, owner.email), team_id=team)
        invitation = invitations.invite_member(owner, email="ben@example.com", role=Role.VIEWER, team_id=team)
        with pytest.raises(Conflict) as refusal:
            teams.delete_team(ada.id, team, actor_id=owner.user_id)
        assert sorted(refusal.value.details["used_by"]) == ["1 invitations", "1 memberships", "1 teams"]  # type: ignore[call-overload]
        teams.delete_team(ada.id, child, actor_id=owner.user_id)
        members.assign_team(owner, membership_id(ada, owner.email), team_id=None)
        invitations.withdraw_invitation(owner, invitation.id)
        teams.delete_team(ada.id, team, actor_id=owner.user_id)
        assert not Team.objects.exists()
        assert Invitation.objects.get().team_id is None


def test_teams_of_other_organizations_are_not_found(ada: Organization, owner: Principal) -> None:
    eve = found_organization("eve", owner_email="eve@example.com")
    with tenancy.scope(eve.id):
        foreign = _create(principal_of(eve, "eve@example.com"), "research")
    with tenancy.scope(ada.id):
        own = _create(owner, "research")
        for unknown in (foreign, new_id()):
            with pytest.raises(NotFound):
                _create(owner, "below", unknown)
            with pytest.raises(NotFound):
                teams.move_team(ada.id, own, parent_id=unknown, actor_id=owner.user_id)
            with pytest.raises(NotFound):
                teams.rename_team(ada.id, unknown, name="x", actor_id=owner.user_id)
            with pytest.raises(NotFound):
                teams.delete_team(ada.id, unknown, actor_id=owner.user_id)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 9)), max_size=40))
def test_no_sequence_of_moves_makes_a_cycle(moves: list[tuple[int, int]]) -> None:
    ids = [new_id() for _ in range(10)]
    parents: dict[UUID, UUID | None] = dict.fromkeys(ids)
    for moved, target in moves:
        parent = ids[target] if target >= 0 else None
        if not makes_cycle(parents, ids[moved], parent):
            parents[ids[moved]] = parent
    names = {team_id: str(number) for number, team_id in enumerate(ids)}
    assert all(len(path_names(names, parents, team_id)) <= len(ids) for team_id in ids)
