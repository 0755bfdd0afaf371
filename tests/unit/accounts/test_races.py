"""Two people at once: real transactions on two connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from assay.accounts.domain.roles import Role
from assay.accounts.domain.secrets import hash_secret
from assay.accounts.models import Invitation, Membership, Organization, User
from assay.accounts.services import invitations, members, teams
from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import AssayError
from assay.core.ids import new_id
from tests.factories.members import add_member, membership_id, principal_of
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.usefixtures("committed")


def _at_once(*actions: Callable[[], object]) -> list[str]:
    """What each came to: `done`, or the code of its error."""
    start = Barrier(len(actions))

    def run(action: Callable[[], object]) -> str:
        start.wait(timeout=30)
        try:
            action()
        except AssayError as error:
            return error.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(run, actions))


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email=f"{new_id().hex}@example.com")


def _owner_email(organization: Organization) -> str:
    with tenancy.scope(organization.id):
        return str(Membership.objects.values_list("user__email", flat=True).get())


def test_of_two_owners_who_leave_at_once_one_stays(organization: Organization) -> None:
    first = principal_of(organization, _owner_email(organization))
    second = add_member(organization, f"{new_id().hex}@example.com", Role.OWNER)
    places = {owner: membership_id(organization, owner.email) for owner in (first, second)}

    def leave(owner: object) -> None:
        with tenancy.scope(organization.id):
            members.remove_member(owner, places[owner])  # type: ignore[arg-type,index]

    assert _at_once(lambda: leave(first), lambda: leave(second)) == ["conflict", "done"]
    with tenancy.scope(organization.id):
        assert Membership.objects.filter(role=Role.OWNER).count() == 1


def test_an_invitation_accepted_twice_at_once_makes_one_account(organization: Organization) -> None:
    secret, email = new_id().hex, f"{new_id().hex}@example.com"
    with tenancy.scope(organization.id):
        Invitation.objects.create(
            organization=organization,
            email=email,
            role=Role.VIEWER,
            token_hash=hash_secret(secret),
            expires_at=now().replace(year=2099),
        )

    def accept() -> None:
        invitations.accept_with_new_account(secret, name="Ben", password="correct horse battery")

    assert _at_once(accept, accept) == ["conflict", "done"]
    assert User.objects.filter(email=email).count() == 1


def test_two_moves_at_once_make_no_cycle(organization: Organization) -> None:
    actor = principal_of(organization, _owner_email(organization))
    with tenancy.scope(organization.id):
        one, two = (teams.create_team(organization.id, name=name, parent_id=None, actor_id=actor.user_id).id for name in "ab")

    def move(moved: object, below: object) -> None:
        with tenancy.scope(organization.id):
            teams.move_team(organization.id, moved, parent_id=below, actor_id=actor.user_id)  # type: ignore[arg-type]

    assert _at_once(lambda: move(one, two), lambda: move(two, one)) == ["conflict", "done"]
