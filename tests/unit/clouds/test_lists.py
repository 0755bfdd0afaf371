"""Public lists: fetched once a region while they hold, kept when they are refused, and quoted before the shipped book."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assay.accounts.models import Organization
from assay.clouds.connectors.aws.commitments import OfferedRate
from assay.clouds.connectors.aws.pricing import ListedPrice
from assay.clouds.connectors.aws.sessions import Clients, Refused
from assay.clouds.domain.inventory import Instance, ResourceKind
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.refreshes import CallState, RefreshSubject, Refusal, Trigger
from assay.clouds.selectors.machine_types import list_machine_types, shipped_machine_types
from assay.clouds.selectors.prices import list_quotes
from assay.clouds.selectors.refreshes import list_calls
from assay.clouds.services import lists
from assay.clouds.services.connections import create_connection
from assay.clouds.services.lists import refresh_lists
from assay.clouds.services.reach import Account
from assay.clouds.services.refreshes import Lease, request_refresh, take_lease
from assay.core import tenancy
from assay.core.clock import frozen
from tests.factories.inventories import ACCOUNT, REGION, hold, report

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
TODAY = AT.date()
REACH = [Account(ACCOUNT, Clients(ACCOUNT), (REGION, "us-east-1"))]


@pytest.fixture
def lease(ada: Organization) -> Lease:
    """A refresh of an organization that holds a Linux and a RHEL machine."""
    held = [report(ResourceKind.INSTANCE, "i-1", Instance("m5.large")), report(ResourceKind.INSTANCE, "i-2", Instance("m5.large", platform="rhel"))]  # fmt: skip
    with tenancy.scope(ada.id):
        hold(ada.id, held)
        made = create_connection(ada.id, name="main", role_arn=f"arn:aws:iam::{ACCOUNT}:role/assay", actor_id=None)
        asked = request_refresh(ada.id, made.id, subject=RefreshSubject.INVENTORY, trigger=Trigger.BEAT)
    taken = take_lease(ada.id, asked.id)
    assert taken is not None
    return taken


class Cloud:
    """Answers of AWS's lists, and what they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.price = Decimal("0.115")
        self.types = ["m5.large", "m5.xlarge"]

    def list_machine_types(self, clients: Clients, region: str) -> list[MachineType]:
        self.asked.append(("types", region))
        return [MachineType(name, 2, 8_192) for name in self.types]

    def list_prices(self, clients: Clients, *, region: str, operation: str, tenancy: str) -> list[ListedPrice]:
        self.asked.append(("prices", region, operation, tenancy))
        day = date(2026, 2, 1)
        return [
            ListedPrice(
                "m5.large", "on-demand", "USD", self.price + (Decimal("0.06") if operation.endswith("0010") else 0), day
            ),
            ListedPrice("m5.large", "reserved standard 1yr no upfront", "USD", Decimal("0.07"), day),
        ]

    def list_offered_rates(self, clients: Clients, *, region: str, instance_types: list[str]) -> list[OfferedRate]:
        self.asked.append(("rates", region, *instance_types))
        return [OfferedRate("Compute", "No Upfront", 1, "USD", region, "m5.large", "RunInstances", "shared", Decimal("0.083"))]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    made = Cloud()
    for name in ("list_machine_types", "list_prices", "list_offered_rates"):
        monkeypatch.setattr(lists, name, getattr(made, name))
    return made


def refusing(permission: str) -> Callable[..., Any]:
    def refuse(*given: Any, **more: Any) -> Any:
        service, _, operation = permission.partition(":")
        raise Refused(Refusal(service, operation, "no", permission))

    return refuse


def refresh(lease: Lease, at: datetime = AT) -> None:
    with frozen(at):
        refresh_lists(lease, REACH)


def test_lists_of_the_regions_in_use_are_fetched_once_while_they_hold(lease: Lease, cloud: Cloud) -> None:
    refresh(lease)
    assert sorted(cloud.asked) == [
        ("prices", REGION, "RunInstances", "shared"),
        ("prices", REGION, "RunInstances:0010", "shared"),
        ("rates", REGION, "m5.large"),
        ("types", REGION),
    ]
    refresh(lease, AT + timedelta(hours=1))
    assert len(cloud.asked) == 4
    refresh(lease, AT + timedelta(days=2))
    assert [one[0] for one in cloud.asked[4:]] == ["prices", "prices", "rates"]


def test_a_fetched_price_goes_before_the_shipped_one_and_each_platform_has_its_own(lease: Lease, cloud: Cloud) -> None:
    where = {"region": REGION, "on": TODAY}
    assert list_quotes("aws", **where) == {}
    refresh(lease)
    linux = list_quotes("aws", **where)["m5.large"]
    assert (linux.per_hour.amount, linux.per_hour.currency, linux.is_fetched) == (Decimal("0.115"), "USD", True)
    assert list_quotes("aws", **where, platform="rhel")["m5.large"].per_hour.amount == Decimal("0.175")
    assert list_quotes("aws", **where, platform="windows") == {}
    assert list_quotes("aws", region=REGION, on=date(2026, 1, 31)) == {}
    reserved = list_quotes("aws", **where, offer="reserved standard 1yr no upfront")
    assert reserved["m5.large"].per_hour.amount == Decimal("0.07")
    plan = list_quotes("aws", **where, offer="compute savings plan 1yr no upfront")
    assert (plan["m5.large"].per_hour.amount, plan["m5.large"].valid_from) == (Decimal("0.083"), TODAY)


def test_the_shipped_book_is_quoted_where_nothing_was_fetched_and_for_what_it_knows_alone() -> None:
    shipped = list_quotes("aws", region="us-east-1", on=TODAY)
    assert (shipped["m5.large"].per_hour.amount, shipped["m5.large"].is_fetched) == (Decimal("0.096"), False)
    assert list_quotes("aws", region="us-east-1", platform="rhel", on=TODAY) == {}


def test_machine_types_are_those_of_the_region_once_it_was_asked(lease: Lease, cloud: Cloud) -> None:
    assert list_machine_types("aws", REGION) == shipped_machine_types("aws")
    refresh(lease)
    assert [one.name for one in list_machine_types("aws", REGION)] == ["m5.large", "m5.xlarge"]
    cloud.types = ["m5.xlarge", "m6i.large"]
    refresh(lease, AT + timedelta(days=8))
    assert [one.name for one in list_machine_types("aws", REGION)] == ["m5.xlarge", "m6i.large"]


def test_what_is_refused_leaves_the_older_list_and_names_the_permission(
    ada: Organization, lease: Lease, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(lease)
    monkeypatch.setattr(lists, "list_machine_types", refusing("ec2:DescribeInstanceTypes"))
    monkeypatch.setattr(lists, "list_prices", refusing("pricing:GetProducts"))
    refresh(lease, AT + timedelta(days=8))
    assert len(list_machine_types("aws", REGION)) == 2
    assert list_quotes("aws", region=REGION, on=TODAY)["m5.large"].is_fetched
    with tenancy.scope(ada.id):
        denied = {call.permission for call in list_calls(ada.id, lease.refresh_id) if call.state is CallState.DENIED}
    assert denied == {"ec2:DescribeInstanceTypes", "pricing:GetProducts"}
