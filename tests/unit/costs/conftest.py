"""An organization with a folder of the server in which its bills lie."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from assay.accounts.models import Organization
from assay.costs.models import BillingSource
from tests.factories.deliveries import make_source
from tests.factories.organizations import found_organization


@pytest.fixture
def payer(db: None) -> Organization:
    return found_organization(owner_email="payer@example.com")


@pytest.fixture
def exports(payer: Organization, tmp_path: Path) -> Iterator[Path]:
    """Where the source's deliveries lie."""
    with override_settings(ASSAY_BILL_FOLDERS=str(tmp_path)):
        folder = tmp_path / payer.slug / "exports"
        folder.mkdir(parents=True)
        yield folder


@pytest.fixture
def source(payer: Organization, exports: Path) -> BillingSource:
    return make_source(payer.id, exports)
