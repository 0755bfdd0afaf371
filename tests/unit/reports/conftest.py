"""An organization in scope."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from assay.core import tenancy
from assay.reports.domain.subscriptions import SubscriptionDraft
from assay.reports.domain.weeks import SendTime, Weekday
from tests.factories.organizations import found_organization


@pytest.fixture
def ada(db: None) -> Iterator[UUID]:
    organization = found_organization(timezone="Europe/Berlin")
    with tenancy.scope(organization.id):
        yield organization.id


@pytest.fixture
def draft() -> SubscriptionDraft:
    return SubscriptionDraft(recipients=("ada@example.com",), send_time=SendTime(Weekday.MONDAY, 8))
