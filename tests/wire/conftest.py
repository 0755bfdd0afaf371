"""The versions of MLflow's client that speak to the live stack."""

import pytest

from tests.wire.mlflow_client import PYTHONS


@pytest.fixture(scope="module", params=PYTHONS)
def client(request: pytest.FixtureRequest) -> str:
    """A version of the client, by its name in mlflow_client."""
    version: str = request.param
    return version
