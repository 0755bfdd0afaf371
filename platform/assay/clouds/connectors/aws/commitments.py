"""Savings Plans and Reserved Instances that are owned, also queued and ended ones, and what new plans would cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from assay.clouds.connectors.aws.images import read_time
from assay.clouds.connectors.aws.sessions import HOME_REGION, Clients, list_pages, read_tags, telling_refusals
from assay.clouds.domain.inventory import Reservation, ResourceKey, ResourceKind, SavingsPlan
from assay.clouds.domain.refreshes import Refusal, Reported

PLANS, RESERVATIONS = "savingsplans:DescribeSavingsPlans", "ec2:DescribeReservedInstances"
RATES = "savingsplans:DescribeSavingsPlansOfferingRates"
PLANS_A_PAGE, RATES_A_PAGE = 1_000, 1_000
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class OfferedRate:
    """What an hour of a machine costs under a plan that could be bought. term: 1 or 3 years. operation: of the platform, RunInstances:0010."""

    plan_type: str
    payment_option: str
    term_years: int
    currency: str
    region: str
    instance_type: str
    operation: str
    tenancy: str
    per_hour: Decimal


def list_savings_plans(clients: Clients, region: str) -> tuple[list[Reported], list[Refusal]]:
    """All of the account, whatever their state. raises: Refused."""
    client = clients.get("savingsplans", HOME_REGION)
    found = _list_tokened(client, client.describe_savings_plans, "savingsPlans", permission=PLANS, maxResults=PLANS_A_PAGE)
    return [_read_plan(one, clients.account_id) for one in found], []


def list_reservations(clients: Clients, region: str) -> tuple[list[Reported], list[Refusal]]:
    """Of the region; also payment-pending, queued and retired ones. raises: Refused."""
    client = clients.get("ec2", region)
    found = list_pages(client, "describe_reserved_instances", "ReservedInstances", permission=RESERVATIONS)
    return [_read_reservation(one, clients.account_id, region) for one in found], []


def list_offered_rates(clients: Clients, *, region: str, instance_types: Sequence[str]) -> list[OfferedRate]:
    """Of every plan type, term and payment option. raises: Refused."""
    client = clients.get("savingsplans", HOME_REGION)
    asked = {
        "products": ["EC2"],
        "serviceCodes": ["AmazonEC2"],
        "filters": [{"name": "region", "values": [region]}, {"name": "instanceType", "values": list(instance_types)}],
        "maxResults": RATES_A_PAGE,
    }
    rates = _list_tokened(client, client.describe_savings_plans_offering_rates, "searchResults", permission=RATES, **asked)
    return [rate for one in rates if (rate := _read_rate(one, region)) is not None]


def _list_tokened(client: Any, call: Any, items: str, *, permission: str, **asked: object) -> Iterator[dict[str, Any]]:
    """Pages of a service for which the SDK has no paginator."""
    token = ""
    while True:
        with telling_refusals(client, permission):
            page = call(**asked, **({"nextToken": token} if token else {}))
        yield from page.get(items, ())
        token = page.get("nextToken") or ""
        if not token:
            return


def _read_plan(one: Mapping[str, Any], account_id: str) -> Reported:
    details = SavingsPlan(
        plan_type=one["savingsPlanType"],
        commitment_per_hour=Decimal(one["commitment"]),
        currency=one.get("currency", "USD"),
        payment_option=one.get("paymentOption", ""),
        term_seconds=one.get("termDurationInSeconds", 0),
        starts_at=read_time(one.get("start")),
        ends_at=read_time(one.get("end")),
        region=one.get("region", ""),
        family=one.get("ec2InstanceFamily", ""),
        returnable_until=read_time(one.get("returnableUntil")),
    )
    key = ResourceKey("aws", account_id, "", ResourceKind.SAVINGS_PLAN, one["savingsPlanArn"])
    tags = dict(one.get("tags") or {})
    return Reported(key, details, one.get("state", ""), tags.get("Name", ""), tags, details.starts_at)


def _read_reservation(one: Mapping[str, Any], account_id: str, region: str) -> Reported:
    recurring = [
        Decimal(str(charge["Amount"])) for charge in one.get("RecurringCharges", ()) if charge.get("Frequency") == "Hourly"
    ]
    started: datetime | None = one.get("Start")
    details = Reservation(
        instance_type=one["InstanceType"],
        count=one.get("InstanceCount", 0),
        platform=one.get("ProductDescription", ""),
        tenancy=one.get("InstanceTenancy", "default"),
        scope=one.get("Scope", "Region"),
        offering_class=one.get("OfferingClass", "standard"),
        payment_option=one.get("OfferingType", ""),
        term_seconds=one.get("Duration", 0),
        fixed=Decimal(str(one.get("FixedPrice", 0))),
        recurring_per_hour=sum(recurring, Decimal(str(one.get("UsagePrice", 0)))),
        currency=one.get("CurrencyCode", "USD"),
        availability_zone=one.get("AvailabilityZone", ""),
        starts_at=started,
        ends_at=one.get("End"),
    )
    key = ResourceKey("aws", account_id, region, ResourceKind.RESERVATION, one["ReservedInstancesId"])
    tags = read_tags(one.get("Tags"))
    return Reported(key, details, one.get("State", ""), tags.get("Name", ""), tags, started)


def _read_rate(one: Mapping[str, Any], region: str) -> OfferedRate | None:
    """None for what is not an hour of a machine."""
    offering = one["savingsPlanOffering"]
    facts = {pair["name"]: pair["value"] for pair in one.get("properties", ())}
    if one.get("unit") != "Hrs" or "instanceType" not in facts:
        return None
    return OfferedRate(
        plan_type=offering["planType"],
        payment_option=offering["paymentOption"],
        term_years=round(timedelta(seconds=offering["durationSeconds"]) / YEAR),
        currency=offering.get("currency", "USD"),
        region=facts.get("region", region),
        instance_type=facts["instanceType"],
        operation=one.get("operation", ""),
        tenancy=facts.get("tenancy", "shared"),
        per_hour=Decimal(one["rate"]),
    )
