"""Saved views: one's own, and shared ones."""

import pytest

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.domain.saved_views import read_address
from assay.accounts.models import Organization
from assay.accounts.selectors.saved_views import list_views
from assay.accounts.services import saved_views
from assay.core import tenancy
from assay.core.errors import Conflict, Invalid, NotFound
from tests.factories.callers import Caller
from tests.factories.members import add_member, principal_of
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

HERE = "/experiments/3?sort=-cost"


@pytest.fixture
def organization(db: None) -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def ada(organization: Organization) -> Principal:
    return principal_of(organization, "ada@example.com")


@pytest.fixture
def ben(organization: Organization) -> Principal:
    return add_member(organization, "ben@example.com", Role.ENGINEER)


def seen(principal: Principal, path: str = "") -> list[str]:
    return [view.name for view in list_views(principal.organization_id, principal.user_id, path=path)]


def test_private_views_are_ones_own_and_shared_ones_everybodys(ada: Principal, ben: Principal) -> None:
    with tenancy.scope(ada.organization_id):
        saved_views.save_view(ada, name="Mine", address=HERE)
        saved_views.save_view(ada, name="Ours", address=HERE, is_shared=True)
        assert (seen(ada), seen(ben)) == (["Mine", "Ours"], ["Ours"])
        assert seen(ada, "/experiments/4") == []


def test_a_name_is_taken_once_a_page_and_person(ada: Principal, ben: Principal) -> None:
    with tenancy.scope(ada.organization_id):
        saved_views.save_view(ada, name="Best", address=HERE)
        saved_views.save_view(ben, name="Best", address=HERE)
        saved_views.save_view(ada, name="Best", address="/experiments/4")
        with pytest.raises(Conflict):
            saved_views.save_view(ada, name="  Best ", address=HERE)


def test_others_views_are_not_found_when_changed(ada: Principal, ben: Principal) -> None:
    with tenancy.scope(ada.organization_id):
        private = saved_views.save_view(ben, name="Private", address=HERE)
        shared = saved_views.save_view(ada, name="Shared", address=HERE, is_shared=True)
        for principal, view in ((ada, private), (ben, shared)):
            with pytest.raises(NotFound):
                saved_views.change_view(principal, view.id, name="x")
            with pytest.raises(NotFound):
                saved_views.delete_view(principal, view.id)


def test_who_manages_settings_tidies_up_shared_views(ada: Principal, ben: Principal) -> None:
    with tenancy.scope(ada.organization_id):
        shared = saved_views.save_view(ben, name="Shared", address=HERE, is_shared=True)
        saved_views.delete_view(ada, shared.id)
        assert seen(ben) == []


@pytest.mark.parametrize(
    "address", ["", "x", "//evil.example", "https://evil.example/", "/\\evil", "/a\nb", "/x?" + "a" * 7_000]
)
def test_no_view_leads_elsewhere(address: str) -> None:
    with pytest.raises(Invalid):
        read_address(address)


def test_where_somebody_was_reading_is_left_out() -> None:
    assert read_address("/experiments/3?cursor=x&a=1&page=2&trail=~y&b=2") == ("/experiments/3", "a=1&b=2")


def test_views_are_kept_through_the_api(organization: Organization, ada: Principal) -> None:
    api = Caller(bearer(organization))
    made = api("POST", "views", 201, name="Best", address=HERE, is_shared=True)
    assert (made["path"], made["query"], made["is_own"]) == ("/experiments/3", "sort=-cost", True)
    assert api("PATCH", f"views/{made['id']}", 200, name="Better")["name"] == "Better"
    api("PATCH", f"views/{made['id']}", 400)
    api("POST", "views", 400, name="Best", address="https://evil.example")
    assert [item["name"] for item in api("GET", "views?path=/experiments/3", 200)["items"]] == ["Better"]
    api("DELETE", f"views/{made['id']}", 204)
    assert api("GET", "views", 200)["items"] == []
