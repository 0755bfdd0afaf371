"""A bill with a Compute Savings Plan, a reservation, and usage that nothing covers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.factories.bills import charge
from tests.factories.focus import Row

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN, RESERVATION = "arn:aws:savingsplans::1:savingsplan/p", "arn:aws:ec2:us-east-1:1:reserved-instances/r"
OF_PLAN = {"CommitmentDiscountId": PLAN, "CommitmentDiscountName": "compute", "CommitmentDiscountCategory": "Spend",
           "CommitmentDiscountType": "Savings Plan"}  # fmt: skip
OF_RESERVATION = {"CommitmentDiscountId": RESERVATION, "CommitmentDiscountCategory": "Usage",
                  "CommitmentDiscountType": "Reserved Instance"}  # fmt: skip


def make_bill(days: int = 31) -> list[Row]:
    """An hour: 1.00 of the plan, of which 0.72 cover 1.00 of m5 (0.90 by contract), 10 x 0.90 of m5 on demand by day and 5 by night, spot, a volume.

    The reservation of four units costs 0.20 an hour and is used by half; its fee and its idle half are charged by the month.
    """
    rows = [
        charge(None, START, "0", ChargeCategory="Purchase", SkuId="ComputeSP:1yrNoUpfront", ResourceType=None, **OF_PLAN),
        charge(
            RESERVATION,
            START,
            "0",
            **_month(days),
            **_costs("0", effective=str(Decimal("0.1") * 24 * days)),
            **OF_RESERVATION,
            CommitmentDiscountStatus="Unused",
            CommitmentDiscountQuantity=str(2 * 24 * days),
            PricingCategory="Committed",
        ),
    ]
    for number in range(24 * days):
        at = START + number * HOUR
        on_demand = 10 if 8 <= at.hour < 20 else 5
        rows += [
            charge(
                "i-1", at, "0", **_machine("m5.large"), **_costs("0.9", effective="0.72", listed="1"), **_used(OF_PLAN, "0.72")
            ),
            charge(PLAN, at, "0", **_costs("0", effective="0.28"), **_unused(OF_PLAN)),
            charge(
                "i-2",
                at,
                "0",
                **_machine("c5.large"),
                **_costs("0.15", effective="0.1", listed="0.15"),
                **_used(OF_RESERVATION, "2"),
            ),
            charge("i-3", at, "0", **_machine("m5.large"), **_costs(str(Decimal("0.9") * on_demand), listed=str(on_demand))),
            charge("i-4", at, "3", SkuMeter="SpotUsage:m5.large", SkuId="spot", PricingCategory="Dynamic"),
            charge("v-1", at, "4", SkuMeter="EBS:VolumeUsage.gp3", SkuId="volume"),
        ]
    return rows


def _month(days: int) -> dict[str, str]:
    return {"ChargePeriodStart": START.isoformat(), "ChargePeriodEnd": (START + days * 24 * HOUR).isoformat()}


def _machine(instance_type: str) -> dict[str, str]:
    return {
        "SkuMeter": f"BoxUsage:{instance_type}",
        "SkuId": f"sku-{instance_type}",
        "SkuPriceDetails": f'{{"InstanceType":"{instance_type}"}}',
    }


def _costs(contracted: str, *, effective: str | None = None, listed: str | None = None) -> dict[str, str]:
    paid = effective if effective is not None else contracted
    return {"EffectiveCost": paid, "ContractedCost": contracted, "ListCost": listed if listed is not None else contracted}


def _used(commitment: dict[str, str], quantity: str) -> dict[str, str]:
    return {
        **commitment,
        "CommitmentDiscountStatus": "Used",
        "CommitmentDiscountQuantity": quantity,
        "PricingCategory": "Committed",
    }


def _unused(commitment: dict[str, str]) -> dict[str, str]:
    return {
        **commitment,
        "CommitmentDiscountStatus": "Unused",
        "PricingCategory": "Committed",
        "CommitmentDiscountQuantity": "0.28",
    }
