"""Rightsizing from stored series to a finding, and what becomes of it when the machine gets the type."""

from datetime import timedelta

import numpy as np
import pytest

from assay.accounts.models import Organization
from assay.clouds.domain.inventory import Instance, ResourceKind
from assay.clouds.domain.utilization import Metric
from assay.clouds.models import CloudResource, ResourceChange, UtilizationDay
from assay.core import tenancy
from assay.core.clock import now
from assay.core.ids import new_id
from assay.recommendations.domain.states import CheckResultState, FindingState
from assay.recommendations.domain.values import FindingQuery, FindingView
from assay.recommendations.selectors.findings import list_findings
from tests.factories import clouds
from tests.unit.recommendations.conftest import RunChecks

pytestmark = pytest.mark.django_db
CHECK = "rightsizing_instances"
USE = {
    Metric.CPU: 15,
    Metric.MEMORY: 30,
    Metric.NETWORK_IN: 1e6,
    Metric.NETWORK_OUT: 1e6,
    Metric.DISK_READ: 1e6,
    Metric.DISK_WRITE: 1e6,
    Metric.DISK_READ_OPERATIONS: 100,
    Metric.DISK_WRITE_OPERATIONS: 100,
}


@pytest.fixture
def machine(ada: Organization) -> CloudResource:
    """An m5.2xlarge that is measured for five weeks, so that a month turned in them."""
    at = now()
    with tenancy.scope(ada.id):
        seen = {"first_seen_at": at - timedelta(days=60), "last_seen_at": at}
        row = clouds.keep(ada.id, ResourceKind.INSTANCE, "i-1", Instance("m5.2xlarge"), **seen)
        UtilizationDay.objects.bulk_create(
            UtilizationDay(
                id=new_id(),
                organization_id=ada.id,
                resource=row,
                metric=metric.value,
                day=at.date() - timedelta(days=back),
                period_seconds=300,
                average=np.full(288, value / 2, "<f4").tobytes(),
                maximum=np.full(288, value, "<f4").tobytes(),
            )
            for metric, value in USE.items()
            for back in range(1, 36)
        )
    return row


def only(organization: Organization) -> FindingView:
    with tenancy.scope(organization.id):
        [finding] = list_findings(organization.id, FindingQuery(check=CHECK, states=()))
    return finding


def test_a_machine_that_is_too_large_is_found_and_what_it_became_is_applied(
    ada: Organization, machine: CloudResource, run_checks: RunChecks
) -> None:
    result = run_checks(ada.id)[CHECK]
    assert (result.state, result.found) == (CheckResultState.FOUND, 1)
    finding = only(ada)
    assert finding.state is FindingState.OPEN
    assert finding.explanation.choices[0].target == "r5.large"
    with tenancy.scope(ada.id):
        clouds.change(machine, at=now(), details=Instance("r5.large"))
        types = {"before": {"instance_type": "m5.2xlarge"}, "after": {"instance_type": "r5.large"}}
        ResourceChange.objects.filter(resource=machine).update(**types)
    run_checks(ada.id)
    assert only(ada).state is FindingState.APPLIED


def test_a_machine_that_is_large_for_its_work_is_not_found(
    ada: Organization, machine: CloudResource, run_checks: RunChecks
) -> None:
    with tenancy.scope(ada.id):
        full = np.full(288, 75, "<f4").tobytes()
        UtilizationDay.objects.filter(metric__in=[Metric.CPU.value, Metric.MEMORY.value]).update(average=full, maximum=full)
    assert run_checks(ada.id)[CHECK].found == 0
