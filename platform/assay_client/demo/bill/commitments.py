"""The demo's Compute Savings Plan: one year, no upfront fee, a fixed spend in every hour.

Each month has one Purchase row (billed, effective 0), the covered usage (billed 0, effective at the plan's rate) and one
Unused row for every hour's remainder, so that the month's effective usage equals its purchase exactly.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from assay_client.demo.bill.columns import Charge, Costs, blank_row, decimal_text
from assay_client.demo.bill.issuers import AWS, AWS_PAYER
from assay_client.demo.bill.periods import Cadence, Month, Slot

RATE = Decimal("0.73")  # of the on-demand price; about what one year without upfront fee gives on m5, c6i and r6i
SPEND_PER_HOUR = Decimal("1.10")
PLAN_ID = f"arn:aws:savingsplans::{AWS_PAYER}:savingsplan/5d1f0c9a-7e42-4a61-9a55-0f3b8c2d7e10"
PLAN = {
    "CommitmentDiscountId": PLAN_ID,
    "CommitmentDiscountName": "compute-one-year",
    "CommitmentDiscountCategory": "Spend",
    "CommitmentDiscountType": "Savings Plan",
    "CommitmentDiscountUnit": "USD",
}
PLAN_ITEM = {
    **AWS,
    **PLAN,
    "ServiceCategory": "Compute",
    "ServiceSubcategory": "Other (Compute)",
    "ServiceName": "Savings Plans for AWS Compute usage",
    "ResourceId": PLAN_ID,
    "ResourceName": "compute-one-year",
    "ResourceType": "Savings Plan",
    "PricingUnit": "USD",
    "SubAccountId": AWS_PAYER,
    "SubAccountName": "payer",
    "SubAccountType": "Account",
}
NOUGHT = Decimal(0)


def used_columns(spend: Decimal) -> dict[str, str]:
    """What a row that the plan covers says of it."""
    return PLAN | {
        "CommitmentDiscountQuantity": decimal_text(spend),
        "CommitmentDiscountStatus": "Used",
        "PricingCategory": "Committed",
    }


def count_plan_charges(month: Month) -> int:
    return 1 + month.hours


def plan_charges(month: Month, covered: Sequence[tuple[Cadence, Decimal]]) -> Iterator[Charge]:
    """The month's purchase and the unused rest of each hour.

    covered: when each covered instance runs, and its price in the plan, USD an hour; together within the plan's spend.
    """
    yield _purchase(month)
    used = dict.fromkeys(month.slots(Cadence.HOURLY), NOUGHT)
    for cadence, price in covered:
        for slot in month.slots(cadence):
            used[slot] += price
    for slot, spend in used.items():
        yield _unused(month, slot, SPEND_PER_HOUR - spend)


def _purchase(month: Month) -> Charge:
    spend = SPEND_PER_HOUR * month.hours
    return _charge(
        month,
        month.whole,
        spend,
        Costs(billed=spend, contracted=spend, effective=NOUGHT, list=spend),
        {
            "ChargeCategory": "Purchase",
            "ChargeFrequency": "Recurring",
            "ChargeDescription": f"Compute Savings Plan, 1 year, no upfront, {SPEND_PER_HOUR} USD an hour",
            "PricingCategory": "Standard",
            "SkuId": "ComputeSP:1yrNoUpfront",
            "SkuPriceId": "ComputeSP:1yrNoUpfront.monthly",
        },
    )


def _unused(month: Month, slot: Slot, rest: Decimal) -> Charge:
    return _charge(
        month,
        slot,
        rest,
        Costs(billed=NOUGHT, contracted=rest, effective=rest, list=rest),
        {
            "ChargeCategory": "Usage",
            "ChargeFrequency": "Usage-Based",
            "ChargeDescription": "Compute Savings Plan, unused commitment of the hour",
            "CommitmentDiscountStatus": "Unused",
            "PricingCategory": "Committed",
            "SkuId": "ComputeSP:Unused",
            "SkuPriceId": "ComputeSP:Unused.hourly",
        },
    )


def _charge(month: Month, slot: Slot, quantity: Decimal, costs: Costs, values: dict[str, str]) -> Charge:
    figures = {
        "BillingPeriodStart": month.whole[0],
        "BillingPeriodEnd": month.whole[1],
        "ChargePeriodStart": slot[0],
        "ChargePeriodEnd": slot[1],
        "InvoiceId": AWS["InvoiceId"] + month.name,
        "PricingQuantity": decimal_text(quantity),
        "CommitmentDiscountQuantity": decimal_text(quantity),
        "ListUnitPrice": "1",
        "ContractedUnitPrice": "1",
    }
    return Charge(blank_row(PLAN_ITEM | values | figures | costs.texts()), costs)
