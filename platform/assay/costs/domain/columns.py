"""The columns of the ledger: those of FOCUS 1.0 to 1.4 in snake_case, and Assay's own."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """TAGS: a JSON object or nothing. JSON: meant to be JSON, kept as text in any case."""

    TEXT = "text"
    DECIMAL = "decimal"
    TIME = "time"
    JSON = "json"
    TAGS = "tags"


class Presence(StrEnum):
    """REQUIRED: a file without it is refused. EXPECTED: FOCUS wants it; its absence is noted. OPTIONAL: may be missing."""

    REQUIRED = "required"
    EXPECTED = "expected"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Column:
    """name: as FOCUS writes it. filled: a row without a value is refused. aliases: names of other FOCUS versions."""

    name: str
    kind: Kind = Kind.TEXT
    presence: Presence = Presence.OPTIONAL
    filled: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def ledger_name(self) -> str:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower()


_DECIMALS = """CommitmentDiscountQuantity ConsumedQuantity ContractedUnitPrice ListUnitPrice PricingCurrencyContractedUnitPrice
PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice"""
_JSON = "AllocatedMethodDetails CommitmentProgramEligibilityDetails ContractApplied SkuPriceDetails"
_TEXTS = """AllocatedMethodId AllocatedResourceId AllocatedResourceName AvailabilityZone BillingAccountType CapacityReservationId
CapacityReservationStatus ChargeFrequency CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName
CommitmentDiscountStatus CommitmentDiscountType CommitmentDiscountUnit ConsumedUnit HostProviderName InvoiceDetailId InvoiceId
PricingCategory PricingCurrency ProviderName PublisherName RegionId RegionName ResourceId ResourceName ResourceType
ServiceSubcategory SkuId SkuMeter SkuPriceId SubAccountId SubAccountName SubAccountType"""

FOCUS_COLUMNS: tuple[Column, ...] = (
    Column("BilledCost", Kind.DECIMAL, Presence.REQUIRED, filled=True),
    Column("EffectiveCost", Kind.DECIMAL, Presence.REQUIRED, filled=True),
    Column("ContractedCost", Kind.DECIMAL, Presence.REQUIRED),
    Column("ListCost", Kind.DECIMAL, Presence.REQUIRED),
    Column("BillingCurrency", presence=Presence.REQUIRED, filled=True),
    Column("BillingPeriodStart", Kind.TIME, Presence.REQUIRED, filled=True),
    Column("BillingPeriodEnd", Kind.TIME, Presence.REQUIRED, filled=True),
    Column("ChargePeriodStart", Kind.TIME, Presence.REQUIRED, filled=True),
    Column("ChargePeriodEnd", Kind.TIME, Presence.REQUIRED, filled=True),
    Column("ChargeCategory", presence=Presence.REQUIRED, filled=True),
    Column("BillingAccountId", presence=Presence.REQUIRED),
    Column("ServiceCategory", presence=Presence.REQUIRED),
    Column("ServiceName", presence=Presence.REQUIRED),
    Column("ServiceProviderName", presence=Presence.REQUIRED, aliases=("ProviderName",)),
    Column("InvoiceIssuerName", presence=Presence.EXPECTED),
    Column("BillingAccountName", presence=Presence.EXPECTED),
    Column("ChargeClass", presence=Presence.EXPECTED),
    Column("ChargeDescription", presence=Presence.EXPECTED),
    Column("PricingQuantity", Kind.DECIMAL, Presence.EXPECTED),
    Column("PricingUnit", presence=Presence.EXPECTED),
    *(Column(name, Kind.DECIMAL) for name in _DECIMALS.split()),
    *(Column(name, Kind.JSON) for name in _JSON.split()),
    *(Column(name, Kind.TAGS) for name in ("AllocatedTags", "Tags")),
    *(Column(name) for name in _TEXTS.split()),
)

CHARGE_CATEGORIES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")

PARTITION_COLUMNS = ("source_id", "billing_period")
"""billing_period: `YYYY-MM` of BillingPeriodStart in UTC."""

OWN_COLUMNS = ("charge_date", "instance_type", "x_columns", "import_id")
"""charge_date: UTC date of the charge's start. x_columns: JSON object of custom columns. import_id: the delivery."""
