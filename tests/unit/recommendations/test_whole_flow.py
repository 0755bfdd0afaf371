"""From an account to money on a later bill: connect, look, find, do what the finding says, and be told what it saved."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from assay.accounts.models import Organization
from assay.clouds.domain.refreshes import RefreshState, RefreshSubject, Trigger
from assay.clouds.selectors.refreshes import get_refresh
from assay.clouds.services import inventory
from assay.clouds.services.connections import create_connection
from assay.clouds.services.refresh_runs import run_refresh
from assay.clouds.services.refreshes import request_refresh
from assay.core import tenancy
from assay.core.clock import frozen
from assay.recommendations.domain.states import FindingState
from assay.recommendations.domain.values import FindingQuery, FindingView
from assay.recommendations.selectors.findings import list_events, list_findings, sum_savings
from assay.recommendations.services.verification import verify_savings
from tests.factories.bills import charge, import_bill
from tests.plugins.aws_server import ACCOUNT, aws_client, empty_aws, running_aws
from tests.unit.recommendations.conftest import RunChecks

pytestmark = pytest.mark.django_db
REGION = "eu-central-1"
DAY = timedelta(days=1)
FIRST = datetime(2026, 10, 1, tzinfo=UTC)
FOUND = FIRST + 20 * DAY
LATER = FIRST + 40 * DAY


LACKING = {"DescribeReservedInstances", "DescribeSavingsPlans"}
"""What moto does not answer, beside AWS's lists of prices and types."""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(inventory, "refresh_lists", lambda lease, reach: None)
    monkeypatch.setattr(inventory, "QUESTIONS", tuple(one for one in inventory.QUESTIONS if one.operation not in LACKING))
    with running_aws() as url, override_settings(ASSAY_AWS_ENDPOINT_URL=url):
        empty_aws(url)
        yield url


def look(organization: Organization, connection_id: object) -> None:
    with tenancy.scope(organization.id):
        asked = request_refresh(organization.id, connection_id, subject=RefreshSubject.INVENTORY, trigger=Trigger.PERSON)  # type: ignore[arg-type]
    run_refresh(organization.id, asked.id)
    with tenancy.scope(organization.id):
        assert get_refresh(organization.id, asked.id).state is RefreshState.COMPLETE


def only(organization: Organization) -> FindingView:
    with tenancy.scope(organization.id):
        [finding] = list_findings(organization.id, FindingQuery(states=()))
    return finding


def bill(organization: Organization, volume_id: str, *, until: datetime, volume_until: datetime) -> None:
    """Every day from the first on; the volume costs as long as it is there."""
    days = [FIRST + n * DAY for n in range((until - FIRST).days)]
    rows = [charge("i-other", day, "1.00", ChargePeriodEnd=(day + DAY).isoformat()) for day in days]
    rows += [charge(volume_id, day, "1.20", ChargePeriodEnd=(day + DAY).isoformat()) for day in days if day < volume_until]
    import_bill(organization.id, rows)


def test_what_is_found_is_done_and_seen_on_a_later_bill(ada: Organization, aws: str, run_checks: RunChecks) -> None:
    ec2 = aws_client(aws, "ec2", REGION)
    with frozen(FIRST):
        volume_id = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=450, VolumeType="gp3")["VolumeId"]
        with tenancy.scope(ada.id):
            role = f"arn:aws:iam::{ACCOUNT}:role/assay-inventory"
            connection = create_connection(ada.id, name="main", role_arn=role, region=REGION, regions=[REGION], actor_id=None)
        look(ada, connection.id)
    with frozen(FOUND):
        bill(ada, volume_id, until=FOUND, volume_until=FOUND)
        look(ada, connection.id)
        run_checks(ada.id)
        found = only(ada)
        assert (found.check, found.state, found.price_source) == ("unattached_volumes", FindingState.OPEN, "the bill")
        assert str(found.expected.amount) == "36.500000000000000"
        with tenancy.scope(ada.id):
            assert [str(total.amount) for total in sum_savings(ada.id).open] == ["36.500000000000000"]

        delete = shlex.split(found.explanation.remedy.command.splitlines()[-1])
        assert delete[:3] == ["aws", "ec2", "delete-volume"]
        ec2.delete_volume(VolumeId=delete[delete.index("--volume-id") + 1])
        look(ada, connection.id)
        run_checks(ada.id)
        done = only(ada)
        assert (done.id, done.state, done.promised) == (found.id, FindingState.APPLIED, found.expected)
    with frozen(LATER):
        bill(ada, volume_id, until=LATER, volume_until=FOUND + DAY)
        with tenancy.scope(ada.id):
            assert verify_savings(ada.id) == 1
        verified = only(ada)
        assert verified.state is FindingState.VERIFIED
        assert verified.verified_saving == found.expected
        with tenancy.scope(ada.id):
            assert [event.state for event in list_events(ada.id, found.id)] == ["verified", "applied", "open"]
            assert [str(total.amount) for total in sum_savings(ada.id).verified] == ["36.500000000000000"]
