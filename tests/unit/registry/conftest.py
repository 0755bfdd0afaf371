"""An organization whose owner speaks the protocol, with a run that saved a model."""

from dataclasses import dataclass

import pytest
from django.test import Client

from assay.accounts.models import Organization
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer
from tests.unit.tracking.rest import Rest


@pytest.fixture
def ada(db: None) -> Organization:
    return found_organization(owner_email="ada@example.com")


@pytest.fixture
def rest(ada: Organization, client: Client) -> Rest:
    return Rest(client, bearer(ada))


@pytest.fixture
def stranger(db: None, client: Client) -> Rest:
    return Rest(client, bearer(found_organization(owner_email="eve@example.com")))


@dataclass(frozen=True)
class Saved:
    """A run and the model that it logged, as the protocol names them."""

    run_id: str
    model_id: str

    @property
    def source(self) -> str:
        return f"models:/{self.model_id}"


@pytest.fixture
def saved(rest: Rest) -> Saved:
    run_id = rest.start_run(experiment_id="0")
    params = [{"key": "depth", "value": "3"}]
    model = rest.post("logged-models", experiment_id="0", name="svc", source_run_id=run_id, params=params)["model"]
    metric = {"key": "acc", "value": 0.9, "timestamp": 1, "step": 0, "model_id": model["info"]["model_id"]}
    rest.post("runs/log-batch", run_id=run_id, metrics=[metric])
    return Saved(run_id, model["info"]["model_id"])


def register(rest: Rest, saved: Saved, name: str = "digits", **body: object) -> str:
    """Another version of the model, which is made when it is missing. returns: its number."""
    if not rest.get("registered-models/search", filter=f"name = '{name}'"):
        rest.post("registered-models/create", name=name)
    body = {"source": saved.source, "model_id": saved.model_id} | body
    version: str = rest.post("model-versions/create", name=name, **body)["model_version"]["version"]
    return version
