"""Models in /api/v1: versions, where they come from, and what that cost."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.registry.domain.queries import RegistryQuery
from assay.registry.domain.values import Actor, VersionDraft
from assay.registry.selectors.lineages import list_models_with_costs
from assay.registry.services.aliases import set_alias
from assay.registry.services.model_versions import create_model_version, delete_model_version
from assay.registry.services.registered_models import create_registered_model
from assay.tracking.domain.values import DatasetUse, DatasetView, RunView
from assay.tracking.services import runs
from assay.tracking.services.experiments import create_experiment
from tests.factories.callers import Caller
from tests.factories.organizations import found_organization
from tests.factories.runs import finish_run
from tests.factories.tokens import bearer

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
ADA = Actor(None, "ada@example.com")
CODE = {
    "mlflow.source.git.commit": "0123456789abcdef0123456789abcdef01234567",
    "mlflow.source.git.repoURL": "https://git.example.com/ml/digits.git",
    "mlflow.source.name": "train.py",
}


@pytest.fixture
def caller(ada: Organization) -> Caller:
    return Caller(bearer(ada))


@pytest.fixture
def trained(ada: Organization) -> list[RunView]:
    """Two runs, of one hour and of three."""
    with tenancy.scope(ada.id):
        experiment = create_experiment(ada.id, name="digits")
        made = [
            finish_run(ada.id, experiment.id, name=name, started_at=AT, hours=hours, tags=CODE)
            for name, hours in (("short", 1), ("long", 3))
        ]
        data = DatasetUse(DatasetView("mnist", "abc123", "code", "{}"), "training", {})
        runs.log_inputs(ada.id, made[1].id, datasets=[data])
        create_registered_model(ada.id, name="digits", actor=ADA)
    return made


def _register(ada: Organization, run: RunView | None) -> int:
    draft = VersionDraft(source="s3://models/digits", run_reference=run.id.hex if run else None)
    with tenancy.scope(ada.id):
        return create_model_version(ada.id, "digits", draft, actor=ADA).number


def _amounts(caller: Caller, name: str = "digits") -> list[Decimal]:
    return [Decimal(cost["amount"]) for cost in caller("GET", f"models/{name}", 200)["costs"]]


def test_a_model_costs_what_the_runs_behind_its_versions_cost_each_once(
    ada: Organization, caller: Caller, trained: list[RunView]
) -> None:
    short, long = trained
    for run in (short, long, long, None):
        _register(ada, run)
    versions = caller("GET", "models/digits", 200)["versions"]
    by_number = {version["number"]: version for version in versions}
    cheap, dear = (Decimal(by_number[number]["cost"]["amount"]) for number in (1, 2))
    assert dear == 3 * cheap > 0
    assert by_number[3]["cost"] == by_number[2]["cost"]
    assert by_number[4]["cost"] is None
    assert _amounts(caller) == [cheap + dear]
    with tenancy.scope(ada.id):
        delete_model_version(ada.id, "digits", 1, actor=ADA)
    assert _amounts(caller) == [dear]


def test_a_version_shows_run_data_and_commit(ada: Organization, caller: Caller, trained: list[RunView]) -> None:
    _register(ada, trained[1])
    with tenancy.scope(ada.id):
        set_alias(ada.id, "digits", alias="champion", number=1, actor=ADA)
    found = caller("GET", "models/digits", 200)
    assert (found["aliases"], found["latest_version"], found["version_count"]) == ({"champion": 1}, 1, 1)
    (version,) = found["versions"]
    assert (version["run_name"], version["commit"]) == ("long", CODE["mlflow.source.git.commit"])
    assert version["datasets"] == [{"name": "mnist", "digest": "abc123", "context": "training"}]
    assert version["aliases"] == ["champion"]


def test_models_are_listed_searched_and_paged(ada: Organization, caller: Caller, trained: list[RunView]) -> None:
    _register(ada, trained[0])
    with tenancy.scope(ada.id):
        for name in ("speech", "ocr"):
            create_registered_model(ada.id, name=name, actor=ADA)
    listed = caller("GET", "models", 200)
    assert [model["name"] for model in listed["items"]] == ["digits", "ocr", "speech"]
    assert [bool(model["costs"]) for model in listed["items"]] == [True, False, False]
    first = caller("GET", "models?limit=2", 200)
    rest = caller("GET", f"models?limit=2&cursor={first['next_cursor']}", 200)
    assert [model["name"] for model in rest["items"]] == ["speech"]
    assert [model["name"] for model in caller("GET", "models?filter=name = 'ocr'", 200)["items"]] == ["ocr"]
    caller("GET", "models?filter=nonsense", 400)


def test_a_model_is_found_by_id_too_and_not_by_strangers(ada: Organization, caller: Caller, trained: list[RunView]) -> None:
    model: dict[str, Any] = caller("GET", "models/digits", 200)
    assert caller("GET", f"models/{UUID(model['id']).hex}", 200) == model
    eve = Caller(bearer(found_organization(owner_email="eve@example.com")))
    for name in ("digits", model["id"]):
        eve("GET", f"models/{name}", 404)
    assert eve("GET", "models", 200)["items"] == []


def test_a_list_asks_the_same_number_of_questions_however_long_it_is(ada: Organization, trained: list[RunView]) -> None:
    def count() -> int:
        with tenancy.scope(ada.id), CaptureQueriesContext(connection) as asked:
            list_models_with_costs(ada.id, RegistryQuery())
        return len(asked)

    _register(ada, trained[0])
    few = count()
    with tenancy.scope(ada.id):
        for number in range(5):
            create_registered_model(ada.id, name=f"m{number}", actor=ADA)
            create_model_version(ada.id, f"m{number}", VersionDraft("s3://b/x", trained[1].id.hex), actor=ADA)
    assert count() == few
