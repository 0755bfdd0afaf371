"""The columns of FOCUS 1.2 cost and usage, and a charge as one row of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

COLUMNS: tuple[str, ...] = (
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency",
    "BillingPeriodEnd", "BillingPeriodStart", "CapacityReservationId", "CapacityReservationStatus", "ChargeCategory",
    "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart",
    "CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity",
    "CommitmentDiscountStatus", "CommitmentDiscountType", "CommitmentDiscountUnit", "ConsumedQuantity", "ConsumedUnit",
    "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost",
    "ListUnitPrice", "PricingCategory", "PricingCurrency", "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice", "PricingQuantity", "PricingUnit", "ProviderName",
    "PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory",
    "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId",
    "SubAccountName", "SubAccountType", "Tags",
)  # fmt: skip
PLACE: Mapping[str, int] = {name: place for place, name in enumerate(COLUMNS)}
COSTS = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")
DECIMALS = frozenset(
    {*COSTS, "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "ConsumedQuantity", "CommitmentDiscountQuantity"}
)
TIMES = frozenset({"BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"})

Row = list[str]


@dataclass(frozen=True, slots=True)
class Costs:
    """The four costs of a charge, USD."""

    billed: Decimal
    contracted: Decimal
    effective: Decimal
    list: Decimal

    def __add__(self, other: "Costs") -> "Costs":
        return Costs(
            billed=self.billed + other.billed,
            contracted=self.contracted + other.contracted,
            effective=self.effective + other.effective,
            list=self.list + other.list,
        )

    def texts(self) -> dict[str, str]:
        values = (self.billed, self.contracted, self.effective, self.list)
        return {name: decimal_text(value) for name, value in zip(COSTS, values, strict=True)}


NOTHING = Costs(billed=Decimal(0), contracted=Decimal(0), effective=Decimal(0), list=Decimal(0))


@dataclass(frozen=True, slots=True)
class Charge:
    """row: one text per column, "" is null. costs: the same figures as numbers."""

    row: Row
    costs: Costs

    def at(self, column: str) -> str:
        return self.row[PLACE[column]]


def blank_row(values: Mapping[str, str]) -> Row:
    row = [""] * len(COLUMNS)
    fill_row(row, values)
    return row


def fill_row(row: Row, values: Mapping[str, str]) -> None:
    for name, text in values.items():
        row[PLACE[name]] = text


def decimal_text(value: Decimal) -> str:
    """Without an exponent."""
    return format(value, "f")
