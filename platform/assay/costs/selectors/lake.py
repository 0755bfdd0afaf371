"""The ledger for reading: one Delta table of charges per organization."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

import pyarrow as pa
from deltalake import DeltaTable
from django.conf import settings

from assay.costs.domain.columns import FOCUS_COLUMNS, OWN_COLUMNS, PARTITION_COLUMNS, Kind

MONEY = "decimal(33, 15)"


@dataclass(frozen=True, slots=True)
class LakeFile:
    """A Parquet file of one billing period of a source, as one import wrote it.

    first_day, last_day: of its charges; None in tables whose log does not tell, which older versions of Assay made.
    """

    address: str
    source_id: UUID
    billing_period: str
    import_id: UUID
    rows: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of an organization's ledger. files: in the order of their addresses."""

    version: int
    files: tuple[LakeFile, ...]

    def files_of(self, source_id: UUID, billing_period: str) -> tuple[LakeFile, ...]:
        return tuple(file for file in self.files if (file.source_id, file.billing_period) == (source_id, billing_period))


def ledger_types() -> dict[str, str]:
    """Column → type, in the words of Ibis, partition columns last."""
    types = {Kind.DECIMAL: MONEY, Kind.TIME: "timestamp('UTC')"}
    focus = {column.ledger_name: types.get(column.kind, "string") for column in FOCUS_COLUMNS}
    own = dict.fromkeys(OWN_COLUMNS, "string") | {"charge_date": "date"}
    return focus | own | dict.fromkeys(PARTITION_COLUMNS, "string")


def organization_folder(organization_id: UUID) -> Path:
    return Path(settings.ASSAY_LAKE_URL) / organization_id.hex


def charges_folder(organization_id: UUID) -> Path:
    return organization_folder(organization_id) / "charges"


def find_ledger(organization_id: UUID) -> DeltaTable | None:
    """The table as it is now; None before the first import."""
    folder = str(charges_folder(organization_id))
    return DeltaTable(folder) if DeltaTable.is_deltatable(folder) else None


def find_snapshot(organization_id: UUID) -> Snapshot | None:
    """The ledger as it is now; None before the first import."""
    table = find_ledger(organization_id)
    if table is None:
        return None
    root = charges_folder(organization_id)
    found = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    return Snapshot(table.version(), tuple(sorted((_describe(root, action) for action in found), key=attrgetter("address"))))


def has_import(organization_id: UUID, import_id: UUID) -> bool:
    """Whether a delivery was committed to the ledger, be it replaced since."""
    ledger = find_ledger(organization_id)
    return ledger is not None and ledger.transaction_version(str(import_id)) is not None


def _describe(root: Path, action: Mapping[str, Any]) -> LakeFile:
    """action: an entry of the Delta log; files are named `<import hex>-<number>.parquet`."""
    return LakeFile(
        address=str(root / action["path"]),
        source_id=UUID(action["partition.source_id"]),
        billing_period=action["partition.billing_period"],
        import_id=UUID(PurePosixPath(action["path"]).name.partition("-")[0]),
        rows=action["num_records"],
        first_day=action.get("min.charge_date"),
        last_day=action.get("max.charge_date"),
    )


def scan_sql(files: Sequence[str]) -> str:
    """What stands behind FROM for these files; partition columns come from their paths."""
    paths = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    return f"read_parquet([{paths}], hive_partitioning = true, hive_types_autocast = false)"
