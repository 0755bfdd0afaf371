"""Pages of registered models."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.registry.domain.stages import Stage
from assay.registry.domain.values import Actor, VersionDraft
from assay.registry.selectors.model_versions import get_model_version
from assay.registry.selectors.registered_models import get_registered_model
from assay.registry.services.model_versions import create_model_version
from assay.registry.services.registered_models import create_registered_model
from assay.tracking.domain.values import RunView
from tests.unit.portal.conftest import inside

ADA = Actor(None, "ada@example.com")
NAME = "digits <b> ocr"


@pytest.fixture
def model(organization: Organization, run: RunView) -> str:
    """With two versions, the first of a run, the second of elsewhere."""
    with inside(organization):
        create_registered_model(organization.id, name=NAME, actor=ADA, tags={"team": "vision"})
        for reference in (run.id.hex, "run-of-elsewhere"):
            create_model_version(organization.id, NAME, VersionDraft("s3://models/x", reference), actor=ADA)
    return NAME


def test_an_empty_registry_says_how_to_begin(ada: Client) -> None:
    assert "mlflow.register_model" in ada.get(reverse("models")).text


def test_models_are_listed_and_searched(ada: Client, model: str) -> None:
    page = ada.get(reverse("models")).text
    assert "digits &lt;b&gt; ocr" in page
    assert "Version 2" in page
    assert "contains “speech”" in ada.get(reverse("models"), {"q": "speech"}).text
    assert "Version 2" in ada.get(reverse("models"), {"q": "DIGITS", "sort": "-changed"}).text


def test_a_model_shows_its_versions_with_run_and_dollars(ada: Client, model: str, run: RunView) -> None:
    page = ada.get(reverse("model", args=[model])).text
    assert reverse("run", args=[run.id]) in page
    assert "run-of-elsewhere"[:10] in page
    assert page.count('class="chip chip-') == 1
    assert "of the runs behind its versions, each once" in page


def test_a_version_shows_where_it_comes_from(ada: Client, model: str, run: RunView) -> None:
    page = ada.get(reverse("model_version", args=[model, 1])).text
    assert run.name in page
    assert "No data set was logged." in page
    assert "not in this organization" in ada.get(reverse("model_version", args=[model, 2])).text


def test_an_alias_is_set_moved_and_removed(ada: Client, organization: Organization, model: str) -> None:
    address = reverse("model_aliases", args=[model])
    for version in ("1", "2"):
        assert f"champion points at version {version} now." in ada.post(
            address, {"alias": "champion", "version": version}, follow=True
        ).text.replace("&#x27;", "'")
    with inside(organization):
        assert get_registered_model(organization.id, model).aliases == {"champion": 2}
    assert "is reserved" in ada.post(address, {"alias": "latest", "version": "1"}, follow=True).text
    assert "must be an integer" in ada.post(address, {"alias": "a", "version": "x"}, follow=True).text
    assert ada.post(address, {"alias": "a", "version": "77"}).status_code == 404
    ada.post(address, {"remove": "champion"})
    with inside(organization):
        assert get_registered_model(organization.id, model).aliases == {}


def test_a_version_is_moved_to_a_stage_and_may_archive_the_others(ada: Client, organization: Organization, model: str) -> None:
    for number, body in ((1, {}), (2, {"archive_others": "on"})):
        ada.post(reverse("model_version_stage", args=[model, number]), {"stage": "Production"} | body)
    with inside(organization):
        stages = [get_model_version(organization.id, model, number).stage for number in (1, 2)]
    assert stages == [Stage.ARCHIVED, Stage.PRODUCTION]
    refused = ada.post(reverse("model_version_stage", args=[model, 1]), {"stage": "Gold"}, follow=True).text
    assert "Invalid Model Version stage: Gold" in refused


def test_descriptions_are_written_and_escaped(ada: Client, model: str) -> None:
    for address in (reverse("model_description", args=[model]), reverse("model_version_description", args=[model, 1])):
        page = ada.post(address, {"description": "reads <i>digits</i>\nwell"}, follow=True).text
        assert "reads &lt;i&gt;digits&lt;/i&gt;<br>well" in page


def test_a_model_is_renamed(ada: Client, organization: Organization, model: str) -> None:
    page = ada.post(reverse("model_rename", args=[model]), {"name": " letters "}, follow=True).text
    assert "<h1>letters</h1>" in page
    with inside(organization):
        create_registered_model(organization.id, name="taken", actor=ADA)
    for name in ("taken", "a/b", ""):
        assert "note-error" in ada.post(reverse("model_rename", args=["letters"]), {"name": name}, follow=True).text
    assert ada.get(reverse("model", args=["letters"])).status_code == 200


def test_deleting_names_what_goes_and_takes_it_away(ada: Client, organization: Organization, model: str, run: RunView) -> None:
    for alias, version in (("champion", 1), ("candidate", 2)):
        ada.post(reverse("model_aliases", args=[model]), {"alias": alias, "version": str(version)})
    page = ada.get(reverse("model", args=[model])).text
    assert "With it go 2 versions, the aliases candidate, champion and 1 tag;" in page
    page = ada.get(reverse("model_version", args=[model, 1])).text
    assert "With it go the alias champion and 0 tags;" in page
    page = ada.post(reverse("model_version_delete", args=[model, 1]), follow=True).text
    assert "Version 1 was deleted." in page
    assert "With it go 1 version, the alias candidate and 1 tag;" in page
    assert ada.get(reverse("model_version", args=[model, 1])).status_code == 404
    assert "was deleted with its versions" in ada.post(reverse("model_delete", args=[model]), follow=True).text
    assert ada.get(reverse("model", args=[model])).status_code == 404
    assert ada.get(reverse("run", args=[run.id])).status_code == 200


def test_a_viewer_reads_and_changes_nothing(member: Callable[[Role], Client], model: str) -> None:
    ben = member(Role.VIEWER)
    page = ben.get(reverse("model", args=[model])).text
    assert 'method="post" action="/models' not in page
    for name, args in (
        ("model_aliases", [model]),
        ("model_description", [model]),
        ("model_version_stage", [model, 1]),
        ("model_version_description", [model, 1]),
        ("model_rename", [model]),
        ("model_delete", [model]),
        ("model_version_delete", [model, 1]),
    ):
        assert ben.post(reverse(name, args=args), {"stage": "Staging", "alias": "a", "version": "1"}).status_code == 403


def test_a_stranger_finds_no_model_by_its_name(eve: Client, model: str) -> None:
    assert "Version 2" not in eve.get(reverse("models")).text
    for name, args in (("model", [model]), ("model_version", [model, 1])):
        assert eve.get(reverse(name, args=args)).status_code == 404
    changes = ("model_aliases", "model_description", "model_rename", "model_delete")
    for name, args in (
        *((name, [model]) for name in changes),
        ("model_version_stage", [model, 1]),
        ("model_version_delete", [model, 1]),
    ):
        assert eve.post(reverse(name, args=args), {"alias": "a", "version": "1", "stage": "Staging"}).status_code == 404


def test_what_does_not_exist_is_404(ada: Client, model: str) -> None:
    for address in (reverse("model", args=["none"]), reverse("model_version", args=[model, 9])):
        assert ada.get(address).status_code == 404
