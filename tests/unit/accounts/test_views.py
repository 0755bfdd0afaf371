import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from assay.accounts.domain.roles import Role
from assay.accounts.models import Membership, Organization, SentMessage, User
from assay.accounts.services import invitations
from assay.core import tenancy
from tests.factories.members import principal_of
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.fixture
def link(ada: Organization) -> str:
    """The address in the mail that invites Ben."""
    with tenancy.scope(ada.id):
        invitations.invite_member(principal_of(ada, "ada@example.com"), email="ben@example.com", role=Role.ENGINEER)
        found = re.search(r"http://127\.0\.0\.1:8000(/invitations/\S+)", SentMessage.objects.get().text)
    assert found
    return found[1]


def _role(organization: Organization, email: str) -> str | None:
    with tenancy.scope(organization.id):
        return Membership.objects.filter(user__email=email).values_list("role", flat=True).first()


def test_an_invited_person_makes_an_account_and_is_signed_in(client: Client, ada: Organization, link: str) -> None:
    assert "Join Ada" in client.get(link).text
    answer = client.post(link, {"name": "Ben", "password": GOOD, "password_again": GOOD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["organization_id"] == str(ada.id)
    assert _role(ada, "ben@example.com") == "engineer"
    again = Client().get(link)
    assert again.status_code == 409
    assert "accepted already" in again.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"password_again": "something else"}, "The two passwords differ"),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"name": ""}, "required"),
    ],
)
def test_a_form_that_is_wrong_is_shown_again(
    client: Client, ada: Organization, link: str, change: dict[str, str], message: str
) -> None:
    answer = client.post(link, {"name": "Ben", "password": GOOD, "password_again": GOOD} | change)
    assert answer.status_code == 400
    assert message in answer.text
    assert _role(ada, "ben@example.com") is None


def test_a_person_with_an_account_signs_in_and_joins_with_one_button(client: Client, ada: Organization, link: str) -> None:
    ben = User.objects.create_user("Ben@example.com", GOOD)
    assert f"/accounts/login/?next={quote(link)}" in client.get(link).text
    client.force_login(ben)
    assert "Join Ada" in client.get(link).text
    assert client.post(link)["Location"] == "/"
    assert _role(ada, "Ben@example.com") == "engineer"


def test_whoever_else_is_signed_in_is_told_so_and_does_not_join(client: Client, ada: Organization, link: str) -> None:
    found_organization("eve", owner_email="eve@example.com")
    client.force_login(User.objects.get(email="eve@example.com"))
    assert "You are signed in as eve@example.com" in client.get(link).text
    client.post(link, {"name": "Eve", "password": GOOD, "password_again": GOOD})
    assert _role(ada, "eve@example.com") is None
    assert _role(ada, "ben@example.com") is None


def test_a_link_that_was_never_sent_is_404(client: Client) -> None:
    assert client.get("/invitations/nothing").status_code == 404


def test_the_link_is_never_cached_or_told_to_others(client: Client, link: str) -> None:
    answer = client.get(link)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_member_of_several_organizations_switches_between_them(client: Client, ada: Organization) -> None:
    eve = found_organization("eve", owner_email="eve@example.com")
    other = found_organization("other", owner_email="ada@example.com")
    client.force_login(User.objects.get(email="ada@example.com"))
    assert client.get("/api/v1/me").json()["organization"]["slug"] == "ada"
    assert client.post("/organizations/switch", {"organization": str(other.id)}).status_code == 302
    assert client.get("/api/v1/me").json()["organization"]["slug"] == "other"
    for unknown in (str(eve.id), "nothing", ""):
        assert client.post("/organizations/switch", {"organization": unknown}).status_code == 404
    assert client.get("/api/v1/me").json()["organization"]["slug"] == "other"
    assert client.get("/organizations/switch").status_code == 405
    assert Client().post("/organizations/switch", {"organization": str(ada.id)}).status_code == 302


def _sign_in(client: Client, password: str) -> HttpResponse:
    return client.post("/accounts/login/", {"login": "ada@example.com", "password": password})  # type: ignore[return-value]


def test_signing_in_and_out(client: Client, ada: Organization) -> None:
    assert client.get("/accounts/login/").status_code == 200
    assert _sign_in(client, "wrong password").status_code == 200
    assert client.get("/api/v1/me").status_code == 401
    assert _sign_in(client, "long enough pass")["Location"] == "/"
    assert client.get("/api/v1/me").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/api/v1/me").status_code == 401


def test_guessing_passwords_is_slowed_down(client: Client, ada: Organization) -> None:
    answers = [_sign_in(client, f"wrong password {number}") for number in range(6)]
    assert "Too many" in answers[-1].text
    assert _sign_in(client, "long enough pass").status_code == 200
    assert client.get("/api/v1/me").status_code == 401


def test_nobody_signs_up_on_their_own(client: Client) -> None:
    client.post("/accounts/signup/", {"email": "eve@example.com", "password1": GOOD, "password2": GOOD})
    assert not User.objects.exists()


def test_a_forgotten_password_is_reset_by_mail(client: Client, ada: Organization, mailoutbox: list[object]) -> None:
    client.post("/accounts/password/reset/", {"email": "ada@example.com"})
    found = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(getattr(mailoutbox[0], "body", "")))
    assert found
    form = client.get(found[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": GOOD, "password2": GOOD})
    assert _sign_in(Client(), GOOD)["Location"] == "/"


def test_asking_for_an_unknown_address_tells_nothing(client: Client, ada: Organization) -> None:
    known = client.post("/accounts/password/reset/", {"email": "ada@example.com"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_the_api_documents_itself_without_another_server(client: Client) -> None:
    page = client.get("/api/v1/docs").text
    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert "/api/v1/me" in client.get("/api/v1/openapi.json").json()["paths"]
