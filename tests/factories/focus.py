"""Small FOCUS files of every version, as CSV, gzipped CSV and Parquet."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

Row = Mapping[str, str | None]

_FIRST = """AvailabilityZone BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart
ChargeCategory ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart CommitmentDiscountCategory
CommitmentDiscountId CommitmentDiscountName CommitmentDiscountStatus CommitmentDiscountType ConsumedQuantity ConsumedUnit
ContractedCost ContractedUnitPrice EffectiveCost InvoiceIssuerName ListCost ListUnitPrice PricingCategory PricingQuantity
PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName ResourceType ServiceCategory ServiceName
SkuId SkuPriceId SubAccountId SubAccountName Tags"""
_SECOND = """CapacityReservationId CapacityReservationStatus CommitmentDiscountQuantity CommitmentDiscountUnit ServiceSubcategory
SkuMeter SkuPriceDetails"""
_THIRD = """BillingAccountType SubAccountType InvoiceId PricingCurrency PricingCurrencyContractedUnitPrice
PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice"""
_FOURTH = """ServiceProviderName HostProviderName AllocatedMethodId AllocatedMethodDetails AllocatedResourceId
AllocatedResourceName AllocatedTags ContractApplied"""
VERSION_1_0 = _FIRST.split()
VERSION_1_1 = VERSION_1_0 + _SECOND.split()
VERSION_1_2 = VERSION_1_1 + _THIRD.split()
VERSION_1_3 = [name for name in VERSION_1_2 if name not in {"ProviderName", "PublisherName"}] + _FOURTH.split()
VERSION_1_4 = [*VERSION_1_3, "InvoiceDetailId", "CommitmentProgramEligibilityDetails"]
VERSIONS = {"1.0": VERSION_1_0, "1.1": VERSION_1_1, "1.2": VERSION_1_2, "1.3": VERSION_1_3, "1.4": VERSION_1_4}
COSTS = ("BilledCost", "EffectiveCost", "ContractedCost", "ListCost")


def make_charge(cost: str = "1.25", **values: str | None) -> dict[str, str | None]:
    """An hour of a machine. cost: all four costs, unless values say otherwise."""
    charge: dict[str, str | None] = {
        "BillingAccountId": "000123456789",
        "BillingAccountName": "Payer",
        "BillingCurrency": "USD",
        "BillingPeriodStart": "2026-01-01T00:00:00Z",
        "BillingPeriodEnd": "2026-02-01T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargeDescription": "m5.large, on demand",
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": "2026-01-05T10:00:00Z",
        "ChargePeriodEnd": "2026-01-05T11:00:00Z",
        "ConsumedQuantity": "1",
        "ConsumedUnit": "Hours",
        "InvoiceIssuerName": "AWS",
        "PricingCategory": "Standard",
        "PricingQuantity": "1",
        "PricingUnit": "Hours",
        "ProviderName": "AWS",
        "ServiceProviderName": "AWS",
        "PublisherName": "AWS",
        "RegionId": "us-east-1",
        "ResourceId": "i-0123456789abcdef0",
        "ResourceType": "Instance",
        "ServiceCategory": "Compute",
        "ServiceName": "Amazon Elastic Compute Cloud",
        "SubAccountId": "000000000007",
        "SubAccountName": "Research",
        "SkuPriceDetails": '{"InstanceType":"m5.large"}',
        "Tags": '{"team":"vision"}',
    }
    return charge | dict.fromkeys(COSTS, cost) | values


def write_csv(charges: Sequence[Row], *, columns: Sequence[str] = VERSION_1_2, empty: str = "") -> bytes:
    """empty: what stands for no value."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for charge in charges:
        writer.writerow([empty if (value := charge.get(name)) is None else value for name in columns])
    return text.getvalue().encode()


def write_csv_gz(charges: Sequence[Row], *, columns: Sequence[str] = VERSION_1_2) -> bytes:
    return gzip.compress(write_csv(charges, columns=columns), mtime=0)


def write_parquet(
    charges: Sequence[Row],
    *,
    columns: Sequence[str] = VERSION_1_2,
    types: Mapping[str, pa.DataType] | None = None,
    row_group_size: int | None = None,
    replaced: pa.Table | None = None,
) -> bytes:
    """types: of columns that are not text; values are converted from text. replaced: whole columns, ready made."""
    chosen = types or {}
    arrays = {name: _make_array([charge.get(name) for charge in charges], chosen.get(name)) for name in columns}
    if replaced is not None:
        arrays |= dict(zip(replaced.column_names, replaced.columns, strict=True))
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays), buffer, row_group_size=row_group_size)
    return buffer.getvalue()


def _make_array(values: list[str | None], type_: pa.DataType | None) -> pa.Array:
    if type_ is None:
        return pa.array(values, pa.string())
    if pa.types.is_decimal(type_):
        return pa.array([None if value is None else Decimal(value) for value in values], type_)
    if pa.types.is_null(type_):
        return pa.nulls(len(values))
    return pa.array(values, pa.string()).cast(type_)
