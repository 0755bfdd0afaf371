"""The portal's views run in one transaction inside the member's organization."""

from collections.abc import Iterator

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, override_settings
from django.urls import include, path

from assay.accounts.middleware import OrganizationScope
from assay.accounts.models import Organization, Team, User
from assay.core import tenancy
from assay.core.errors import Conflict, NotFound
from assay.core.http import scope_exempt
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

FAILURES = {
    "conflict": Conflict("Already there."),
    "foreign": NotFound("No such run."),
    "missing": Http404(),
    "refused": PermissionDenied(),
    "defect": ZeroDivisionError("secret detail"),
    "scope": tenancy.ScopeMissing("secret detail"),
    "answered": ImmediateHttpResponse(HttpResponse("early", status=418)),
}


def _organization(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(tenancy.find_current()))


def _lazy(request: HttpRequest) -> TemplateResponse:
    template = engines["django"].from_string("{% for team in teams %}{{ team.name }}{% endfor %}")
    return TemplateResponse(request, template, {"teams": Team.unscoped.all()})


def _fail(request: HttpRequest, kind: str) -> HttpResponse:
    Team.objects.create(organization_id=tenancy.current(), name="half")
    raise FAILURES[kind]


@scope_exempt
def _exempt(request: HttpRequest) -> HttpResponse:
    return _organization(request)


urlpatterns = [
    path("organization", _organization),
    path("exempt", _exempt),
    path("lazy", _lazy),
    path("fail/<str:kind>", _fail),
    path("", include("assay.urls")),
]
handler404 = "assay.core.http.page_not_found"


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.fixture
def client() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def _sign_in(client: Client) -> None:
    client.force_login(User.objects.get(email="ada@example.com"))


def test_a_members_view_runs_inside_the_organization(client: Client, ada: Organization) -> None:
    assert client.get("/organization").text == "None"
    _sign_in(client)
    assert client.get("/organization").text == str(ada.id)
    assert client.get("/exempt").text == "None"
    assert tenancy.find_current() is None


def test_a_view_that_renders_late_still_sees_its_organization(client: Client, ada: Organization) -> None:
    with tenancy.scope(ada.id):
        Team.objects.create(organization=ada, name="research")
    _sign_in(client)
    assert client.get("/lazy").text == "research"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("conflict", 409),
        ("foreign", 404),
        ("missing", 404),
        ("refused", 403),
        ("defect", 500),
        ("scope", 500),
        ("answered", 418),
    ],
)
def test_what_fails_is_rolled_back_and_answered_as_a_page(client: Client, ada: Organization, kind: str, status: int) -> None:
    _sign_in(client)
    answer = client.get(f"/fail/{kind}")
    assert answer.status_code == status
    assert "secret detail" not in answer.text
    assert tenancy.find_current() is None
    with tenancy.scope(ada.id):
        assert not Team.objects.exists()


def test_an_incident_is_shown_and_logged_under_the_same_id(
    client: Client, ada: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    _sign_in(client)
    page = client.get("/fail/defect").text
    logged = capsys.readouterr().out
    incident = logged.split("incident='")[1].split("'")[0]
    assert incident in page
    assert "ZeroDivisionError" in logged


def test_the_scope_is_the_last_middleware() -> None:
    assert settings.MIDDLEWARE[-1] == f"{OrganizationScope.__module__}.{OrganizationScope.__name__}"


def test_an_unknown_address_is_a_page(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
