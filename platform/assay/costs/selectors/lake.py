"""The ledger for reading: one Delta table of charges per organization."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from operator import attrgetter
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any
from uuid import UUID

import pyarrow as pa
from deltalake import DeltaTable

from assay.core.intervals import Interval
from assay.costs.domain.columns import FOCUS_COLUMNS, OWN_COLUMNS, PARTITION_COLUMNS, Kind
from assay.costs.selectors.homes import open_home

MONEY = "decimal(33, 15)"
COVERS_OTHERS_SQL = (
    "coalesce(charge_category = 'Purchase' AND commitment_discount_id IS NOT NULL AND effective_cost = 0, false)"
)
"""Whether a charge is the purchase of what covers other charges."""
KEPT_SNAPSHOTS = 256
"""Per process; what an organization's next question needs of the Delta log is then one look whether it has grown."""


@dataclass(frozen=True, slots=True)
class LakeFile:
    """A Parquet file of one billing period of a source, as one import wrote it.

    summed: it holds sums of charges, and not each. first_day, last_day: of its charges; None in tables whose log does not tell, which older versions of Assay made.
    """

    address: str
    source_id: UUID
    billing_period: str
    import_id: UUID
    rows: int
    first_day: date | None
    last_day: date | None
    summed: bool = False

    def may_touch(self, first: date, last: date) -> bool:
        """Whether it may hold charges of these days, both included."""
        return (self.first_day is None or self.first_day <= last) and (self.last_day is None or self.last_day >= first)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of an organization's ledger. files: in the order of their addresses."""

    version: int
    files: tuple[LakeFile, ...]

    def files_of(self, source_id: UUID, billing_period: str) -> tuple[LakeFile, ...]:
        return tuple(file for file in self.files if (file.source_id, file.billing_period) == (source_id, billing_period))

    def files_within(self, intervals: Iterable[Interval]) -> tuple[LakeFile, ...]:
        """Those that may hold charges which start in one of the intervals."""
        days = [(each.start.astimezone(UTC).date(), each.end.astimezone(UTC).date()) for each in intervals]
        return tuple(file for file in self.files if any(file.may_touch(first, last) for first, last in days))


def ledger_types() -> dict[str, str]:
    """Column → type, in the words of Ibis, partition columns last."""
    types = {Kind.DECIMAL: MONEY, Kind.TIME: "timestamp('UTC')"}
    focus = {column.ledger_name: types.get(column.kind, "string") for column in FOCUS_COLUMNS}
    own = dict.fromkeys(OWN_COLUMNS, "string") | {"charge_date": "date"}
    return focus | own | dict.fromkeys(PARTITION_COLUMNS, "string")


def organization_address(organization_id: UUID) -> str:
    return f"{open_home().root}/{organization_id.hex}"


def charges_address(organization_id: UUID) -> str:
    return f"{organization_address(organization_id)}/charges"


def staging_folder(organization_id: UUID) -> Path:
    """Of this machine, for files on their way into the ledger."""
    return open_home().staging(organization_id)


def find_ledger(organization_id: UUID) -> DeltaTable | None:
    """The table as it is now; None before the first import."""
    address, options = charges_address(organization_id), open_home().storage_options
    known = dict(options) if options else None
    return DeltaTable(address, storage_options=known) if DeltaTable.is_deltatable(address, known) else None


def find_snapshot(organization_id: UUID) -> Snapshot | None:
    """The ledger as it is now; None before the first import."""
    address = charges_address(organization_id)
    with _lock:
        kept = _snapshots.pop(address, None)
    if kept is None or not _is_newest(address, *kept):
        found = _read_snapshot(organization_id)
        if found is None:
            return None
        kept = (found, open_home().stamp(_log_entry(address, found.version)))
    with _lock:
        _snapshots[address] = kept
        while len(_snapshots) > KEPT_SNAPSHOTS:
            del _snapshots[next(iter(_snapshots))]
    return kept[0]


_lock = Lock()
_snapshots: dict[str, tuple[Snapshot, object]] = {}
"""Address of a table → what it was when this process last looked, and the stamp of its log entry; the one used last stands last."""


def _is_newest(address: str, snapshot: Snapshot, stamp: object) -> bool:
    """A log whose entry of that version is another, or gone, is another log, or one that grew so long ago that it was cut off."""
    home = open_home()
    entry, following = (_log_entry(address, snapshot.version + step) for step in (0, 1))
    return stamp is not None and home.stamp(entry) == stamp and not home.has(following)


def _log_entry(address: str, version: int) -> str:
    return f"{address}/_delta_log/{version:020}.json"


def _read_snapshot(organization_id: UUID) -> Snapshot | None:
    table = find_ledger(organization_id)
    if table is None:
        return None
    address = charges_address(organization_id)
    found = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    files = sorted((_describe(address, action) for action in found), key=attrgetter("address"))
    return Snapshot(table.version(), tuple(files))


def has_import(organization_id: UUID, import_id: UUID) -> bool:
    """Whether a delivery was committed to the ledger, be it replaced since."""
    ledger = find_ledger(organization_id)
    return ledger is not None and ledger.transaction_version(str(import_id)) is not None


def _describe(address: str, action: Mapping[str, Any]) -> LakeFile:
    """action: an entry of the Delta log; files are named `<import hex>-<number>.parquet`."""
    return LakeFile(
        address=f"{address}/{action['path']}",
        source_id=UUID(action["partition.source_id"]),
        billing_period=action["partition.billing_period"],
        import_id=UUID(PurePosixPath(action["path"]).name.partition("-")[0]),
        rows=action["num_records"],
        first_day=action.get("min.charge_date"),
        last_day=action.get("max.charge_date"),
    )


def fetch_files(files: Iterable[LakeFile]) -> list[str]:
    """Paths of the files on this machine."""
    home = open_home()
    return [str(home.fetch(file.address)) for file in files]


def columns_beside(files: Sequence[LakeFile]) -> dict[str, str]:
    """Column → SQL of every engine: what a session's table has beside what its files hold, so that sums and charges read alike."""
    if all(file.summed for file in files):
        return {"charge_period_start": "CAST(charge_date AS TIMESTAMP WITH TIME ZONE)"}
    return {"charge_count": "CAST(1 AS BIGINT)", "covers_others": COVERS_OTHERS_SQL}


def scan_sql(files: Sequence[str]) -> str:
    """What stands behind FROM for these files; partition columns come from their paths."""
    paths = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    return f"read_parquet([{paths}], hive_partitioning = true, hive_types_autocast = false)"
