"""One thing done with a bill of a million rows, in a process of its own: python -m tests.benchmarks._bill_steps STEP FILE."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

BILL = """
SELECT
  '123456789012' AS BillingAccountId, 'Payer' AS BillingAccountName, 'USD' AS BillingCurrency,
  '2026-01-01T00:00:00Z' AS BillingPeriodStart, '2026-02-01T00:00:00Z' AS BillingPeriodEnd,
  'Usage' AS ChargeCategory, NULL AS ChargeClass, 'Usage-Based' AS ChargeFrequency,
  format('${:.4f} per {} Instance Hour', price, kind) AS ChargeDescription,
  strftime(TIMESTAMP '2026-01-01' + to_hours(hour), '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodStart,
  strftime(TIMESTAMP '2026-01-01' + to_hours(hour + 1), '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodEnd,
  NULL AS CommitmentDiscountCategory, NULL AS CommitmentDiscountId, NULL AS CommitmentDiscountName,
  NULL AS CommitmentDiscountStatus, NULL AS CommitmentDiscountType, NULL AS CommitmentDiscountQuantity,
  NULL AS CommitmentDiscountUnit, NULL AS CapacityReservationId, NULL AS CapacityReservationStatus,
  format('{:.10f}', price) AS BilledCost, format('{:.10f}', price) AS EffectiveCost,
  format('{:.10f}', price) AS ContractedCost, format('{:.10f}', price) AS ListCost,
  format('{:.10f}', price) AS ContractedUnitPrice, format('{:.10f}', price) AS ListUnitPrice,
  '1' AS PricingQuantity, 'Hours' AS PricingUnit, '1' AS ConsumedQuantity, 'Hours' AS ConsumedUnit,
  'Standard' AS PricingCategory, 'USD' AS PricingCurrency, 'Amazon Web Services, Inc.' AS InvoiceIssuerName,
  'INV-' || account AS InvoiceId, 'AWS' AS ProviderName, 'AWS' AS PublisherName,
  'us-east-1' AS RegionId, 'US East (N. Virginia)' AS RegionName, 'us-east-1' || chr((97 + zone)::INTEGER) AS AvailabilityZone,
  printf('arn:aws:ec2:us-east-1:%012d:instance/i-%017x', account, machine) AS ResourceId,
  NULL AS ResourceName, 'Instance' AS ResourceType, 'Compute' AS ServiceCategory, 'Virtual Machines' AS ServiceSubcategory,
  CASE machine % 4 WHEN 0 THEN 'Amazon SageMaker' ELSE 'Amazon Elastic Compute Cloud' END AS ServiceName,
  'SKU' || machine % 300 AS SkuId, 'BoxUsage' AS SkuMeter, 'SKU' || machine % 300 || '.JRTC' AS SkuPriceId,
  format('{{"InstanceType":"{}","OperatingSystem":"Linux"}}', kind) AS SkuPriceDetails,
  printf('%012d', account) AS SubAccountId, 'Team ' || account AS SubAccountName, 'Account' AS SubAccountType,
  format('{{"team":"t{}","env":"prod","project":"p{}"}}', account, machine % 50) AS Tags,
  'RunInstances' AS x_Operation, 'BoxUsage:' || kind AS x_UsageType, 'AmazonEC2' AS x_ServiceCode
FROM (
  SELECT i % 744 AS hour, i // 744 AS machine, i // 744 % 20 AS account, i // 744 % 6 AS zone,
    (hash(i) % 1000000) / 1e6 AS price, ['m5.large', 'g5.xlarge', 'p4d.24xlarge'][1 + i // 744 % 3] AS kind
  FROM range($rows) AS numbers(i)
)
"""


def generate(path: Path) -> None:
    """A month of hourly charges, sorted by machine as exports are."""
    duckdb.execute(f"COPY ({BILL.replace('$rows', '1_000_000')}) TO '{path}' (HEADER)")


def read(path: Path) -> None:
    duckdb.execute(f"SELECT count(COLUMNS(*)) FROM read_csv('{path}', all_varchar = true)").fetchall()


def copy(path: Path) -> None:
    duckdb.execute(f"COPY (FROM read_csv('{path}', all_varchar = true)) TO '{path}.parquet' (FORMAT parquet)")


def import_bill(path: Path) -> None:
    """From the first byte received to the row saying imported."""
    from assay.core import tenancy
    from assay.costs.selectors.imports import get_import
    from assay.costs.services import imports
    from tests.factories.organizations import found_organization

    organization = found_organization()
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 20), b"")
        received = imports.receive_bill(organization.id, source_name="aws", file_name=path.name, chunks=chunks)
    imports.import_bills(organization.id)
    with tenancy.scope(organization.id):
        delivered = get_import(organization.id, received.id)
    assert (delivered.state, delivered.rows) == ("imported", 1_000_000), delivered.message


def warm_up() -> None:
    """A worker has started long before a bill comes."""
    import django

    django.setup()
    from assay.costs.services import imports  # noqa: F401  loaded with all it needs


STEPS: dict[str, Callable[[Path], None]] = {"generate": generate, "read": read, "copy": copy, "import": import_bill}


def main(step: str, path: Path) -> None:
    if step == "import":
        warm_up()
    start, before = time.perf_counter(), _cpu_seconds()
    STEPS[step](path)
    measured = {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu_seconds": round(_cpu_seconds() - before, 2),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(measured) + "\n")


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
