"""One month of machines by the hour, made by DuckDB, as FOCUS and as AWS's report of the first generation."""

from pathlib import Path

import duckdb

TRUTH = """
SELECT i % 744 AS hour, i // 744 AS machine, i // 744 % 20 AS account, i // 744 % 6 AS zone,
  (hash(i) % 1000000) / 1e6 AS price, ['m5.large', 'g5.xlarge', 'p4d.24xlarge'][1 + i // 744 % 3] AS kind
FROM range({first}, {last}) AS numbers(i)
"""

FOCUS = """
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
FROM truth
"""

REPORT = """
SELECT
  printf('%032x', hash(hour, machine)::HUGEINT) AS "identity/LineItemId",
  strftime(TIMESTAMP '2026-01-01' + to_hours(hour), '%Y-%m-%dT%H:%M:%SZ') || '/'
    || strftime(TIMESTAMP '2026-01-01' + to_hours(hour + 1), '%Y-%m-%dT%H:%M:%SZ') AS "identity/TimeInterval",
  'INV-' || account AS "bill/InvoiceId", 'AWS' AS "bill/BillingEntity", 'Anniversary' AS "bill/BillType",
  '123456789012' AS "bill/PayerAccountId", '2026-01-01T00:00:00Z' AS "bill/BillingPeriodStartDate",
  '2026-02-01T00:00:00Z' AS "bill/BillingPeriodEndDate", printf('%012d', account) AS "lineItem/UsageAccountId",
  CASE machine % 3 WHEN 0 THEN 'SavingsPlanCoveredUsage' WHEN 1 THEN 'DiscountedUsage' ELSE 'Usage' END AS "lineItem/LineItemType",
  strftime(TIMESTAMP '2026-01-01' + to_hours(hour), '%Y-%m-%dT%H:%M:%SZ') AS "lineItem/UsageStartDate",
  strftime(TIMESTAMP '2026-01-01' + to_hours(hour + 1), '%Y-%m-%dT%H:%M:%SZ') AS "lineItem/UsageEndDate",
  'AmazonEC2' AS "lineItem/ProductCode", 'BoxUsage:' || kind AS "lineItem/UsageType",
  'RunInstances' AS "lineItem/Operation", 'us-east-1' || chr((97 + zone)::INTEGER) AS "lineItem/AvailabilityZone",
  printf('i-%017x', machine) AS "lineItem/ResourceId", '1' AS "lineItem/UsageAmount",
  '' AS "lineItem/NormalizationFactor", '' AS "lineItem/NormalizedUsageAmount", 'USD' AS "lineItem/CurrencyCode",
  format('{:.10f}', price) AS "lineItem/UnblendedRate",
  CASE machine % 3 WHEN 1 THEN '0' ELSE format('{:.10f}', price) END AS "lineItem/UnblendedCost",
  format('{:.10f}', price) AS "lineItem/BlendedRate", format('{:.10f}', price) AS "lineItem/BlendedCost",
  format('${:.4f} per {} Instance Hour', price, kind) AS "lineItem/LineItemDescription",
  '' AS "lineItem/TaxType", 'Amazon Web Services, Inc.' AS "lineItem/LegalEntity",
  'Amazon Elastic Compute Cloud' AS "product/ProductName", kind AS "product/instanceType", 'Linux' AS "product/operatingSystem",
  'us-east-1' AS "product/regionCode", 'US East (N. Virginia)' AS "product/location", 'Compute Instance' AS "product/productFamily",
  'SKU' || machine % 300 AS "product/sku", '2' AS "product/vcpu", '8 GiB' AS "product/memory", 'Shared' AS "product/tenancy",
  'AmazonEC2' AS "product/servicecode", '' AS "product/storage", 'General purpose' AS "product/instanceFamily",
  'SKU' || machine % 300 || '.JRTC' AS "pricing/RateCode", 'Hrs' AS "pricing/unit", 'OnDemand' AS "pricing/term",
  format('{:.10f}', price) AS "pricing/publicOnDemandCost", format('{:.10f}', price) AS "pricing/publicOnDemandRate",
  CASE machine % 3 WHEN 1 THEN 'arn:aws:ec2:us-east-1:123456789012:reserved-instances/r' || machine % 40 ELSE '' END
    AS "reservation/ReservationARN",
  CASE machine % 3 WHEN 1 THEN format('{:.10f}', price * 0.6) ELSE '' END AS "reservation/EffectiveCost",
  '' AS "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod", '' AS "reservation/UnusedRecurringFee",
  '' AS "reservation/AmortizedUpfrontFeeForBillingPeriod",
  CASE machine % 3 WHEN 0 THEN 'arn:aws:savingsplans::123456789012:savingsplan/p' || machine % 7 ELSE '' END
    AS "savingsPlan/SavingsPlanARN",
  CASE machine % 3 WHEN 0 THEN format('{:.10f}', price * 0.7) ELSE '' END AS "savingsPlan/SavingsPlanEffectiveCost",
  '' AS "savingsPlan/TotalCommitmentToDate", '' AS "savingsPlan/UsedCommitment",
  '' AS "savingsPlan/AmortizedUpfrontCommitmentForBillingPeriod", '' AS "savingsPlan/RecurringCommitmentForBillingPeriod",
  't' || account AS "resourceTags/user:team", 'prod' AS "resourceTags/user:env", 'p' || machine % 50 AS "resourceTags/user:project"
FROM truth
"""


def write_focus(path: Path, *, rows: int) -> None:
    """A Parquet file with amounts and times of their types, as exports have them, sorted by machine."""
    amounts = ["BilledCost", "EffectiveCost", "ContractedCost", "ListCost", "ContractedUnitPrice", "ListUnitPrice"]
    times = ["BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"]
    replaced = [f"CAST({name} AS DECIMAL(33, 15)) AS {name}" for name in amounts]
    replaced += [f"CAST({name} AS TIMESTAMP WITH TIME ZONE) AS {name}" for name in times]
    typed = f"SELECT * REPLACE ({', '.join(replaced)})"
    truth = TRUTH.format(first=0, last=rows)
    duckdb.execute(f"COPY (WITH truth AS ({truth}) {typed} FROM ({FOCUS})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def write_report(folder: Path, *, rows: int, files: int = 8) -> None:
    """Gzipped CSV files, as AWS cuts a report."""
    folder.mkdir()
    for number in range(files):
        truth = TRUTH.format(first=rows * number // files, last=rows * (number + 1) // files)
        path = folder / f"report-{number + 1:05}.csv.gz"
        duckdb.execute(f"COPY (WITH truth AS ({truth}) {REPORT}) TO '{path}' (HEADER, COMPRESSION gzip)")
