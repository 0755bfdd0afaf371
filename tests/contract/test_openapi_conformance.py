"""/api/v1 does as its OpenAPI document says, for requests made up from that document, right ones and wrong ones."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from assay.accounts.models import Organization
from assay.api import ROUTERS, build_api
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

SCHEMA = schemathesis.openapi.from_dict(build_api(ROUTERS).get_openapi_schema(path_prefix="/api/v1/"))
OPERATIONS = {operation.label: operation for operation in (found.ok() for found in SCHEMA.get_all_operations())}
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]


@pytest.fixture(scope="module", autouse=True)
def served() -> Iterator[None]:
    """Made late, since the settings of tests make the folder of static files first; a request leaves the test's connection open."""
    SCHEMA.app = get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def ada() -> Organization:
    return found_organization("ada", owner_email="ada@example.com")


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_answers_as_documented(ada: Organization, label: str, mode: GenerationMode) -> None:
    headers = bearer(ada)

    @settings(max_examples=4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        case.validate_response(case.call(app=SCHEMA.app, headers=headers), checks=CHECKS)

    ask()
