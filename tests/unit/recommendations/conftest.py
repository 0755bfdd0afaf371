"""Organizations, and checks that run as a worker runs them."""

from collections.abc import Callable
from uuid import UUID

import pytest

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.recommendations.domain.values import CheckRunView, ResultView
from assay.recommendations.models import CheckResult
from assay.recommendations.selectors.check_runs import get_run
from assay.recommendations.services import running
from tests.factories.organizations import found_organization


@pytest.fixture
def ada() -> Organization:
    return found_organization(owner_email="ada@example.com")


RunChecks = Callable[[UUID], dict[str, ResultView]]


@pytest.fixture
def run_checks() -> RunChecks:
    """All of them, once. returns: name → how it went."""

    def run(organization_id: UUID) -> dict[str, ResultView]:
        with tenancy.scope(organization_id):
            started = running.start_run(organization_id, trigger=running.SCHEDULE)
            ids = list(CheckResult.objects.filter(run_id=started.id).values_list("id", flat=True))
        for result_id in ids:
            running.run_check(organization_id, result_id)
        with tenancy.scope(organization_id):
            ended: CheckRunView = get_run(organization_id, started.id)
        return {result.check: result for result in ended.results}

    return run
