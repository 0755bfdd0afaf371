import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from assay.accounts.models import User
from tests.factories.organizations import found_organization


def _fail_at_commit(request: HttpRequest) -> HttpResponse:
    transaction.on_commit(lambda: 1 / 0)
    return HttpResponse("done")


urlpatterns = [path("commit", _fail_at_commit), path("", include("assay.urls"))]


@pytest.mark.usefixtures("committed")
def test_an_error_while_committing_is_never_answered_as_success() -> None:
    organization = found_organization(owner_email="ada@example.com")
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email="ada@example.com"))
    session = client.session
    session["organization_id"] = str(organization.id)
    session.save()
    with override_settings(ROOT_URLCONF=__name__):
        assert client.get("/commit").status_code == 500
