import pytest

from assay.accounts.models import Membership, Organization, Team, User
from assay.core import tenancy
from assay.core.ids import new_id

pytestmark = pytest.mark.django_db


def _found(slug: str) -> Organization:
    organization = Organization(id=new_id(), slug=slug, name=slug)
    with tenancy.scope(organization.id):
        organization.save()
        Team.objects.create(organization=organization, name=f"{slug} team")
    return organization


def test_the_manager_refuses_to_work_outside_a_scope() -> None:
    with pytest.raises(tenancy.ScopeMissing):
        Team.objects.count()


def test_a_scope_shows_its_own_organization_only() -> None:
    ada, eve = _found("ada"), _found("eve")
    with tenancy.scope(ada.id):
        assert [team.name for team in Team.objects.all()] == ["ada team"]
        assert [team.name for team in Team.unscoped.all()] == ["ada team"]
        with tenancy.scope(eve.id):
            assert [team.name for team in Team.unscoped.all()] == ["eve team"]
        assert [team.name for team in Team.unscoped.all()] == ["ada team"]
    assert Team.unscoped.count() == 0
    assert Organization.objects.count() == 0


def test_a_user_sees_own_memberships_before_any_scope() -> None:
    ada = _found("ada")
    user = User.objects.create_user("ada@example.com", "long enough pass")
    other = User.objects.create_user("ben@example.com", "long enough pass")
    with tenancy.scope(ada.id):
        for member in (user, other):
            Membership.objects.create(organization=ada, user=member, role="owner")
    with tenancy.identify(user_id=user.id):
        assert [row.user_id for row in Membership.unscoped.all()] == [user.id]
        assert [row.slug for row in Organization.objects.all()] == ["ada"]
    assert set(tenancy.organization_ids()) >= {ada.id}
