"""The ledger for reading: one Delta table of charges per organization."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from deltalake import DeltaTable
from django.conf import settings

from assay.costs.domain.columns import FOCUS_COLUMNS, OWN_COLUMNS, PARTITION_COLUMNS, Kind

MONEY = "decimal(33, 15)"


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


def list_files(ledger: DeltaTable) -> list[str]:
    """Paths of the Parquet files of the ledger's version; read them with hive partitioning."""
    return sorted(ledger.file_uris())


def has_import(organization_id: UUID, import_id: UUID) -> bool:
    """Whether a delivery was committed to the ledger, be it replaced since."""
    ledger = find_ledger(organization_id)
    return ledger is not None and ledger.transaction_version(str(import_id)) is not None


def scan_sql(files: Sequence[str]) -> str:
    """What stands behind FROM for these files."""
    paths = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    return f"read_parquet([{paths}], hive_partitioning = true, hive_types_autocast = false)"
