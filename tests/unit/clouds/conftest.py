"""The organization that the tests of clouds are about."""

import pytest

from assay.accounts.models import Organization
from tests.factories.organizations import found_organization


@pytest.fixture
def ada() -> Organization:
    return found_organization(owner_email="ada@example.com")
