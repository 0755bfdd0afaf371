import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assay.accounts.models import AuditEntry, Membership, Organization, User
from assay.accounts.selectors import memberships, organizations
from assay.accounts.services.admission import authenticate
from assay.accounts.services.organizations import change_organization, create_organization
from assay.core import tenancy
from assay.core.errors import Conflict, Invalid, NotFound
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@example.com", "long enough pass")


def _run(folder: Path, **changes: str) -> str:
    options = {"name": "Demo", "slug": "demo", "owner_email": "ada@example.com"} | changes
    out = StringIO()
    call_command(
        "create_organization", password_file=folder / "admin.txt", token_file=folder / "token.txt", stdout=out, **options
    )
    return out.getvalue()


def test_who_founds_an_organization_owns_it(ada: User) -> None:
    made = create_organization(" Ada   Research ", slug="ada", owner_id=ada.id, currency="EUR", timezone="Europe/Berlin")
    with tenancy.scope(made.id):
        stored = organizations.get_organization(made.id)
        assert (stored.name, stored.currency, stored.timezone) == ("Ada Research", "EUR", "Europe/Berlin")
        assert Membership.objects.get().role == "owner"
        assert AuditEntry.objects.get().action == "organization.created"


def test_a_slug_is_taken_once_in_the_whole_installation(ada: User) -> None:
    found_organization("taken")
    with pytest.raises(Conflict, match="already an organization taken"):
        create_organization("Other", slug="taken", owner_id=ada.id)
    assert memberships.list_organizations(ada.id) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("slug", "Ada"), ("slug", "-a"), ("slug", "a" * 64), ("currency", "usd"), ("timezone", "Mars/Base")],
)
def test_bad_values_are_refused_by_field(ada: User, field: str, value: str) -> None:
    values = {"name": "Ada", "slug": "ada", "currency": "USD", "timezone": "UTC"} | {field: value}
    with pytest.raises(Invalid) as refusal:
        create_organization(
            values["name"], slug=values["slug"], owner_id=ada.id, currency=values["currency"], timezone=values["timezone"]
        )
    assert refusal.value.details == {"field": field}


def test_an_organization_is_renamed_and_only_its_members_see_it(ada: User) -> None:
    made = create_organization("Ada", slug="ada", owner_id=ada.id)
    other = found_organization("eve")
    with tenancy.scope(made.id):
        change_organization(made.id, name="Ada Labs", timezone="Asia/Tokyo", silent_run_hours=48, actor_id=ada.id)
        stored = organizations.get_organization(made.id)
        assert (stored.timezone, stored.silent_run_hours) == ("Asia/Tokyo", 48)
        with pytest.raises(NotFound):
            organizations.get_organization(other.id)
    assert [own.name for own in memberships.list_organizations(ada.id)] == ["Ada Labs"]


def test_the_first_start_makes_an_owner_who_can_sign_in_and_call(tmp_path: Path) -> None:
    printed = _run(tmp_path)
    password, token = (tmp_path / "admin.txt").read_text().strip(), (tmp_path / "token.txt").read_text().strip()
    assert User.objects.get(email="ada@example.com").check_password(password)
    assert authenticate(f"Bearer {token}").role == "owner"
    assert password not in printed
    assert token not in printed
    for secret in ("admin.txt", "token.txt"):
        assert stat.S_IMODE((tmp_path / secret).stat().st_mode) == 0o600


def test_the_first_start_may_be_repeated(tmp_path: Path) -> None:
    _run(tmp_path)
    before = {path: path.read_text() for path in tmp_path.iterdir()}
    _run(tmp_path)
    assert {path: path.read_text() for path in tmp_path.iterdir()} == before
    assert User.objects.count() == 1
    (tmp_path / "token.txt").unlink()
    _run(tmp_path)
    assert authenticate(f"Bearer {(tmp_path / 'token.txt').read_text().strip()}").email == "ada@example.com"


def test_a_secret_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be written"):
        _run(tmp_path / "file")
    assert not User.objects.exists()
    assert not Organization.objects.exists()


def test_a_slug_of_somebody_else_is_one_clear_sentence(tmp_path: Path) -> None:
    found_organization("demo", owner_email="eve@example.com")
    with pytest.raises(CommandError, match="already an organization demo"):
        _run(tmp_path)
