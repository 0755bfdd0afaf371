"""Makes the sums beside the ledger: before the commit of what they sum, and again where they are missing."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted paths

import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from uuid import UUID

import duckdb

from assay.core.clock import now
from assay.core.ids import new_id
from assay.costs.formats.reading.sql import literal
from assay.costs.selectors.engines.duckdb import open_engine
from assay.costs.selectors.homes import open_home
from assay.costs.selectors.lake import fetch_files, find_snapshot, scan_sql, staging_folder
from assay.costs.selectors.rollups import (
    FLAGS,
    KEYS,
    LEFT_OUT_TAGS,
    SUM,
    SUMMED,
    Grain,
    list_missing,
    rollup_address,
    rollup_types,
    rollups_address,
)
from assay.costs.services.durability import empty_folder
from assay.costs.services.lake import KEEP_REPLACED_HOURS, StagedFile
from assay.costs.services.lake_files import find_newest, list_folder, publish_file, remove_folder

MOST_TAG_VALUES = 200
MOST_TAGS = 20
"""Tags of a period that stand in its rollup: those with the fewest values, and with no more than these."""

PACKED_BY = "snappy"
"""Pages read these all day: half as large again as with zstd, and read twice as fast."""

_MONTH = "CAST(date_trunc('month', charge_date) AS DATE) AS charge_date"
_TAG_VALUES = """
CREATE OR REPLACE TEMP TABLE tag_values AS
SELECT tags, key, json_extract_string(tags, '/' || replace(replace(key, '~', '~0'), '/', '~1')) AS value
FROM (SELECT tags, unnest(list_distinct(json_keys(tags))) AS key FROM (SELECT DISTINCT tags FROM charge_sums WHERE tags IS NOT NULL))
"""
_TAG_COUNTS = (
    "SELECT key, count(DISTINCT value) AS found FROM tag_values WHERE value IS NOT NULL GROUP BY key ORDER BY found, key"
)
_KEPT_TAGS = """
CREATE OR REPLACE TEMP TABLE kept_tags AS
SELECT tags, CAST(to_json(map(list(key ORDER BY key), list(value ORDER BY key))) AS VARCHAR) AS kept
FROM tag_values WHERE value IS NOT NULL AND list_contains($1, key) GROUP BY tags
"""


def write_rollups(
    organization_id: UUID, *, source_id: UUID, import_id: UUID, files: Sequence[StagedFile], folder: Path
) -> None:
    """Sum staged files, before the ledger takes them; nobody reads the sums until then. folder: for what is on its way."""
    in_order = sorted(files, key=attrgetter("billing_period"))
    for billing_period, of_period in groupby(in_order, key=attrgetter("billing_period")):
        delivery = (source_id, import_id, billing_period)
        _write(organization_id, delivery, [str(file.path) for file in of_period], folder)


def restore_rollups(organization_id: UUID) -> int:
    """Make those that the ledger as it is now should have and has not. returns: of how many imports' periods."""
    snapshot = find_snapshot(organization_id)
    if snapshot is None:
        return 0
    missing = list_missing(organization_id, snapshot)
    for delivery in missing:
        source_id, import_id, billing_period = delivery
        of_period = [file for file in snapshot.files_of(source_id, billing_period) if file.import_id == import_id]
        with empty_folder(staging_folder(organization_id) / f"rollups-{new_id().hex}") as folder:
            _write(organization_id, delivery, fetch_files(of_period), folder)
    return len(missing)


def drop_replaced_rollups(organization_id: UUID) -> None:
    """Delete those of imports that the ledger does not hold, once no reader can be at them."""
    snapshot, home, address = find_snapshot(organization_id), open_home(), rollups_address(organization_id)
    held = {file.import_id.hex for file in snapshot.files} if snapshot else set()
    before = (now() - timedelta(hours=KEEP_REPLACED_HOURS)).timestamp()
    for name in list_folder(home, address):
        if name not in held and find_newest(home, f"{address}/{name}") < before:
            remove_folder(home, f"{address}/{name}")


def _write(organization_id: UUID, delivery: tuple[UUID, UUID, str], paths: Sequence[str], folder: Path) -> None:
    """delivery: source, import, billing period. paths: all their files, at least one."""
    source_id, import_id, billing_period = delivery
    own = f"{literal(str(source_id))} AS source_id, {literal(billing_period)} AS billing_period, {literal(str(import_id))} AS import_id"
    with open_engine(spill_to=folder / "rollup-spill") as connection:
        _sum_charges(connection, paths)
        for grain in (Grain.RESOURCE_DAYS, Grain.RESOURCE_MONTHS, Grain.DAYS):
            left_out = []
            if grain is Grain.DAYS:
                left_out = _sum_days(connection)
            else:
                _sum_resources(connection, grain)
            target = folder / f"{grain}.parquet"
            columns = ", ".join(
                f"CAST({name} AS {SUM}) AS {name}" if name in SUMMED[grain] else name for name in _own_columns(grain)
            )
            connection.execute(
                f"COPY (SELECT {columns}, {own} FROM sums ORDER BY charge_date) TO {literal(str(target))}"
                f" (FORMAT parquet, COMPRESSION {PACKED_BY}, KV_METADATA {{{literal(LEFT_OUT_TAGS)}: {literal(json.dumps(left_out))}}})"
            )
            publish_file(open_home(), target, rollup_address(organization_id, import_id, billing_period, grain))


def _own_columns(grain: Grain) -> list[str]:
    return [name for name in rollup_types(grain) if name not in {"source_id", "billing_period", "import_id"}]


def _sum_charges(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
    """The only scan of the charges: sums by all that any rollup groups by, from which each is made."""
    finest = Grain.RESOURCE_DAYS
    flags = ", ".join(f"{value} AS {name}" for name, value in FLAGS[finest].items())
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE charge_sums AS SELECT charge_date, {flags}, {', '.join(KEYS[finest])}, tags, {_summed(finest)},"
        f" count(*) AS charge_count FROM {scan_sql(paths)} GROUP BY ALL"
    )


def _summed(grain: Grain) -> str:
    return ", ".join(f"sum({name}) AS {name}" for name in SUMMED[grain])


def _sum_resources(connection: duckdb.DuckDBPyConnection, grain: Grain) -> None:
    """Months are summed from the days just made."""
    date, source = ("charge_date", "charge_sums") if grain is Grain.RESOURCE_DAYS else (_MONTH, "sums")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE sums AS SELECT {date}, {', '.join((*FLAGS[grain], *KEYS[grain]))}, {_summed(grain)},"
        f" CAST(sum(charge_count) AS BIGINT) AS charge_count FROM {source} GROUP BY ALL"
    )


def _sum_days(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """returns: keys of tags that are left out.

    Texts of tags are read once each, after charges with the same text have been summed.
    """
    connection.execute(_TAG_VALUES)
    counts = connection.execute(_TAG_COUNTS).fetchall()
    kept = [key for key, found in counts if found <= MOST_TAG_VALUES][:MOST_TAGS]
    connection.execute(_KEPT_TAGS, [kept])
    keys = ", ".join(KEYS[Grain.DAYS])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE sums AS SELECT charge_date, covers_others, {keys}, kept AS tags, {_summed(Grain.DAYS)},"
        " CAST(sum(charge_count) AS BIGINT) AS charge_count FROM charge_sums LEFT JOIN kept_tags USING (tags) GROUP BY ALL"
    )
    return sorted(key for key, _ in counts if key not in kept)
