"""A stranger learns nothing from the portal's pages: every address that it lists."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from assay.accounts.models import Organization, User
from assay.core import tenancy
from assay.core.ids import new_id
from assay.portal import urls
from tests.factories.organizations import found_organization
from tests.factories.rows import fill_every_table

pytestmark = pytest.mark.django_db


def _pages(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns)
        else:
            yield pattern


PAGES = list(_pages(urls.urlpatterns))
WITH_IDS = [page for page in PAGES if any(name.endswith("_id") for name in page.pattern.converters)]


def _name(page: URLPattern) -> str:
    return str(page.name)


def _address(page: URLPattern, ids: dict[str, UUID]) -> str:
    values = {name: ids.get(name, 424242 if name == "number" else new_id()) for name in page.pattern.converters}
    return reverse(_name(page), kwargs=values)


def _target(answer: HttpResponseBase) -> str:
    """Where it leads to, without the ids of the question."""
    return re.sub(r"[0-9a-f]{32}", "", answer.get("Location", ""))


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.fixture
def eve(client: Client) -> Client:
    """Signed in as the owner of another organization."""
    found_organization("eve", owner_email="eve@example.com")
    client.force_login(User.objects.get(email="eve@example.com"))
    return client


def _ids(rows: dict[type[Model], Model]) -> dict[str, UUID]:
    """Path parameter → id of a row of its model: `run_id` of Run, `message_id` of SentMessage."""
    names = {name for page in WITH_IDS for name in page.pattern.converters if name.endswith("_id")}
    by_words = {_words(model): row.pk for model, row in sorted(rows.items(), key=lambda pair: len(pair[0].__name__))}
    found = {name: next(by_words[words] for words in by_words if f"_{words}_id".endswith(f"_{name}")) for name in names}
    assert all(isinstance(value, UUID) for value in found.values())
    return found


def _words(model: type[Model]) -> str:
    """BillingSource → billing_source."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_page_asks_strangers_to_sign_in(page: URLPattern, client: Client) -> None:
    address = _address(page, {})
    answers = [client.get(address), client.post(address)]
    assert {answer.status_code for answer in answers} <= {302, 405}
    assert all("/accounts/login/" in answer["Location"] for answer in answers if answer.status_code == 302)
    assert any(answer.status_code == 302 for answer in answers)


def test_no_page_tells_a_foreign_object_from_none(ada: Organization, eve: Client) -> None:
    rows = fill_every_table(ada)
    foreign = _ids(rows)
    for page in WITH_IDS:
        for call in (eve.get, eve.post):
            told, unknown = call(_address(page, foreign)), call(_address(page, {}))
            assert told.status_code == unknown.status_code, page.name
            assert told.status_code != 200, page.name
            assert _target(told) == _target(unknown), page.name
    with tenancy.scope(ada.id):
        assert all(type(row)._base_manager.filter(pk=row.pk).exists() for row in rows.values())


def test_the_owner_opens_what_the_stranger_does_not(ada: Organization, client: Client) -> None:
    """Otherwise the walk above would prove nothing."""
    own = _ids(fill_every_table(ada))
    client.force_login(User.objects.get(email="ada@example.com"))
    missing = [_name(page) for page in WITH_IDS if client.get(_address(page, own)).status_code == 404]
    assert missing == []
