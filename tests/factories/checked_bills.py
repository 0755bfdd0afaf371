"""A FOCUS 1.2 bill of one month of which every check holds, with every kind of charge that a check concerns."""

from collections.abc import Iterator
from decimal import Decimal

from tests.factories import focus

PLAN, RESERVATION = "arn:aws:savingsplans::000123456789:savingsplan/p", "arn:aws:ec2::000123456789:reserved-instances/r"
MONTH = {"ChargePeriodStart": "2026-01-01T00:00:00Z", "ChargePeriodEnd": "2026-02-01T00:00:00Z"}
NOTHING = dict.fromkeys(
    ("ResourceId", "ResourceType", "ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit", "PricingCategory",
     "RegionId", "RegionName", "SkuPriceDetails", "Tags")
)  # fmt: skip
PLAN_COLUMNS = {
    "CommitmentDiscountId": PLAN,
    "CommitmentDiscountName": "one-year",
    "CommitmentDiscountCategory": "Spend",
    "CommitmentDiscountType": "Savings Plan",
    "CommitmentDiscountQuantity": "4",
    "CommitmentDiscountUnit": "USD",
}
RESERVATION_COLUMNS = {
    "CommitmentDiscountId": RESERVATION,
    "CommitmentDiscountName": "three-years",
    "CommitmentDiscountCategory": "Usage",
    "CommitmentDiscountType": "Reserved Instance",
}
ON_DEMAND, STORAGE, SPOT, CORRECTION, PLAN_FEE, PLAN_USED, PLAN_UNUSED, RESERVED_FEE, RESERVED_USED, TAX, CREDIT = (
    "on demand", "storage", "spot", "correction", "plan fee", "plan used", "plan unused", "reserved fee", "reserved used", "tax",
    "credit",
)  # fmt: skip
"""ChargeDescription of each kind."""


def make_bill() -> list[dict[str, str | None]]:
    return [_complete(charge) for charge in (*_machines(), *_storage(), *_plan(), *_reservation(), *_others())]


def _machines() -> Iterator[dict[str, str | None]]:
    for hour in range(8):
        yield _priced(ON_DEMAND, "1", list_price="0.096", price="0.0912", hour=hour)
    for hour in range(3):
        yield _priced(SPOT, "0.5", list_price=f"0.0{3 + hour}", price=f"0.0{3 + hour}", hour=hour, PricingCategory="Dynamic",
                      SkuPriceId="spot-price", ResourceId="i-spot", CapacityReservationId="cr-1",
                      CapacityReservationStatus="Used")  # fmt: skip
    refund = _priced(CORRECTION, "-1", list_price="0.096", price="0.0912", hour=3)
    yield refund | {
        "ChargeClass": "Correction",
        "ChargePeriodStart": "2025-12-05T03:00:00Z",
        "ChargePeriodEnd": "2025-12-05T04:00:00Z",
    }


def _storage() -> Iterator[dict[str, str | None]]:
    other = {
        "SubAccountId": "000000000008", "SubAccountName": "Web", "ServiceCategory": "Storage", "ServiceSubcategory": "Object Storage",
        "ServiceName": "Amazon Simple Storage Service", "SkuId": "sku-s3", "SkuPriceId": "price-s3", "SkuMeter": "Storage",
        "ResourceId": "a-bucket", "ResourceName": "a-bucket", "PricingUnit": "GB-Months", "ConsumedUnit": "GB-Hours",
        "ConsumedQuantity": "24", "AvailabilityZone": None,
    }  # fmt: skip
    for hour in range(3):
        yield _priced(STORAGE, "10", list_price="0.023", price="0.023", hour=hour, **other)


def _plan() -> Iterator[dict[str, str | None]]:
    yield _bought(PLAN_FEE, "24", PLAN_COLUMNS, ChargeFrequency="Recurring")
    for hour, spent in enumerate(("9", "7.5")):
        used = _priced(
            PLAN_USED, "100", list_price="0.2", price="0.19", hour=hour, SkuPriceId="price-plan", ResourceId=f"i-p{hour}"
        )
        yield used | _used(PLAN_COLUMNS, spent) | ({"ChargePeriodEnd": "2026-02-01T00:00:00Z"} if hour else {})
    unused = {
        "ResourceId": PLAN,
        "ResourceName": "one-year",
        "ResourceType": "Savings Plan",
        "CommitmentDiscountStatus": "Unused",
        "PricingCategory": "Committed",
    }
    costs = {"BilledCost": "0", "EffectiveCost": "7.5", "ContractedCost": "7.5", "ListCost": "7.5"}
    yield _charge(PLAN_UNUSED, "0", **(NOTHING | MONTH | PLAN_COLUMNS | unused | costs))


def _reservation() -> Iterator[dict[str, str | None]]:
    yield _bought(RESERVED_FEE, "300", RESERVATION_COLUMNS, ChargeFrequency="One-Time")
    used = _priced(RESERVED_USED, "50", list_price="0.2", price="0.19", hour=5, SkuPriceId="price-ri", ResourceId="i-r")
    yield used | _used(RESERVATION_COLUMNS, "8.2")


def _others() -> Iterator[dict[str, str | None]]:
    service = {"ServiceCategory": "Other", "ServiceSubcategory": "Other (Other)", "ServiceName": "Tax"}
    yield _charge(TAX, "2.5", ChargeCategory="Tax", ChargeFrequency="Recurring", **(NOTHING | MONTH | service))
    yield _charge(CREDIT, "-3", ChargeCategory="Credit", ChargeFrequency="One-Time", **(NOTHING | MONTH))


def _bought(what: str, cost: str, commitment: dict[str, str], **values: str | None) -> dict[str, str | None]:
    bought = {
        "ChargeCategory": "Purchase",
        "EffectiveCost": "0",
        "PricingCategory": "Standard",
        "PricingQuantity": "1",
        "PricingUnit": "Units",
    }
    return _charge(what, cost, **(NOTHING | MONTH | bought | commitment | values))


def _used(commitment: dict[str, str], spent: str) -> dict[str, str | None]:
    return {
        **commitment,
        "CommitmentDiscountStatus": "Used",
        "PricingCategory": "Committed",
        "BilledCost": "0",
        "EffectiveCost": spent,
    }


def _priced(what: str, quantity: str, *, list_price: str, price: str, hour: int, **values: str | None) -> dict[str, str | None]:
    cost, listed = (f"{Decimal(each) * Decimal(quantity):f}" for each in (price, list_price))
    own: dict[str, str | None] = {
        "ListCost": listed, "ListUnitPrice": list_price, "ContractedUnitPrice": price, "PricingQuantity": quantity,
        "ConsumedQuantity": quantity, "SkuId": "sku-m5", "SkuPriceId": "price-m5", "SkuMeter": "BoxUsage:m5.large",
        "AvailabilityZone": "us-east-1a", "ChargePeriodStart": f"2026-01-05T{hour:02}:00:00Z",
        "ChargePeriodEnd": f"2026-01-05T{hour + 1:02}:00:00Z",
    }  # fmt: skip
    return _charge(what, cost, **(own | values))


def _charge(what: str, cost: str, **values: str | None) -> dict[str, str | None]:
    own = {
        "ChargeDescription": what,
        "ServiceSubcategory": "Virtual Machines",
        "InvoiceId": "INV-1",
        "RegionName": "Virginia",
        "SubAccountType": "Account",
        "BillingAccountType": "Payer",
    }
    return focus.make_charge(cost, **(own | values))


def _complete(charge: dict[str, str | None]) -> dict[str, str | None]:
    same = {
        "PricingCurrency": charge["BillingCurrency"],
        "PricingCurrencyEffectiveCost": charge["EffectiveCost"],
        "PricingCurrencyListUnitPrice": charge.get("ListUnitPrice"),
        "PricingCurrencyContractedUnitPrice": charge.get("ContractedUnitPrice"),
    }
    return charge | same
