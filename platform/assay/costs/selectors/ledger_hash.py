"""One number for what a ledger says, whatever the order in which its bills arrived and whoever delivered them."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted paths

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from assay.costs.selectors.engines.duckdb import open_engine
from assay.costs.selectors.lake import fetch_files, find_snapshot, ledger_types, scan_sql

OF_THE_DELIVERY = {"import_id", "source_id"}
"""Columns that say where a charge came from, and nothing of it."""


@dataclass(frozen=True, slots=True)
class PeriodHash:
    """total: the sum of the MD5 numbers of all rows, modulo 2¹²⁸."""

    rows: int
    total: int


def ledger_hash(organization_id: UUID) -> Mapping[str, PeriodHash]:
    """Billing period → its charges as numbers: the same for two ledgers when they hold the same charges, in any order."""
    snapshot = find_snapshot(organization_id)
    if snapshot is None or not snapshot.files:
        return {}
    texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in sorted(ledger_types().keys() - OF_THE_DELIVERY))
    rows = f"SELECT billing_period, CAST(to_json([{texts}]) AS VARCHAR) AS text FROM {scan_sql(fetch_files(snapshot.files))}"
    halves = "sum(md5_number_upper(text)), sum(md5_number_lower(text))"
    with open_engine() as connection:
        found = connection.execute(
            f"SELECT billing_period, count(*), {halves} FROM ({rows}) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return {period: PeriodHash(count, ((upper << 64) + lower) % (1 << 128)) for period, count, upper, lower in found}
