"""The ledger for writing: whole billing periods are replaced in one atomic commit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from deltalake import CommitProperties, DeltaTable, Field, Schema, Transaction
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, RemoveAction

from assay.core.clock import now
from assay.costs.domain.columns import PARTITION_COLUMNS
from assay.costs.selectors import lake
from assay.costs.selectors.homes import Folder, Home, open_home
from assay.costs.services.durability import make_durable
from assay.costs.services.lake_files import publish_file

DELTA_TYPES = {lake.MONEY: "decimal(33,15)", "timestamp('UTC')": "timestamp", "date": "date", "string": "string"}
KEEP_REPLACED_HOURS = 24
"""Replaced files stay this long, for readers that began before the commit."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A Parquet file of one billing period, complete, outside the table. first_day, last_day: of its charges."""

    path: Path
    billing_period: str
    rows: int
    first_day: date
    last_day: date


def replace_periods(
    organization_id: UUID, *, source_id: UUID, import_id: UUID, digest: str, files: Sequence[StagedFile]
) -> None:
    """Replace every billing period that the files hold, of this source, in one commit.

    files: moved into the table. The commit carries import_id as a transaction, so it can be recognised after a crash
    (lake.has_import) and cannot happen twice.
    """
    home, address = open_home(), lake.charges_address(organization_id)
    ledger = _open_or_create(home, address)
    actions: list[AddAction | RemoveAction] = [
        _publish(home, address, file, source_id, f"{import_id.hex}-{number}") for number, file in enumerate(files)
    ]
    periods = sorted({file.billing_period for file in files})
    ledger.create_write_transaction(
        actions,
        mode="overwrite",
        schema=ledger.schema(),
        partition_by=list(PARTITION_COLUMNS),
        partition_filters=[("source_id", "=", str(source_id)), ("billing_period", "in", periods)],
        commit_properties=CommitProperties(
            custom_metadata={"assay.import": str(import_id), "assay.digest": digest},
            app_transactions=[Transaction(str(import_id), 1)],
        ),
    )
    if isinstance(home, Folder):
        make_durable(Path(address) / "_delta_log" / f"{ledger.version():020}.json")


def drop_replaced_files(organization_id: UUID) -> None:
    """Delete what no reader can need any more: replaced files, and those of imports that never committed."""
    ledger = lake.find_ledger(organization_id)
    if ledger is not None:
        ledger.vacuum(retention_hours=KEEP_REPLACED_HOURS, dry_run=False, enforce_retention_duration=False, full=True)


def _open_or_create(home: Home, address: str) -> DeltaTable:
    if isinstance(home, Folder):
        Path(address).mkdir(parents=True, exist_ok=True)
    fields = [
        Field(name, PrimitiveType(DELTA_TYPES[type_]), nullable=name not in PARTITION_COLUMNS)
        for name, type_ in lake.ledger_types().items()
    ]
    return DeltaTable.create(
        address,
        schema=Schema(fields),
        mode="ignore",
        partition_by=list(PARTITION_COLUMNS),
        configuration={"delta.checkpointInterval": "20", "delta.dataSkippingStatsColumns": "charge_date"},
        storage_options=dict(home.storage_options) if home.storage_options else None,
    )


def _publish(home: Home, address: str, file: StagedFile, source_id: UUID, name: str) -> AddAction:
    """Move a staged file into the table, where it is invisible until the commit."""
    values = {"source_id": str(source_id), "billing_period": file.billing_period}
    relative = "/".join(f"{column}={value}" for column, value in values.items()) + f"/{name}.parquet"
    return AddAction(
        path=relative,
        size=publish_file(home, file.path, f"{address}/{relative}"),
        partition_values=values,
        modification_time=int(now().timestamp() * 1000),
        data_change=True,
        stats=json.dumps(_statistics(file)),
    )


def _statistics(file: StagedFile) -> Mapping[str, object]:
    return {
        "numRecords": file.rows,
        "minValues": {"charge_date": file.first_day.isoformat()},
        "maxValues": {"charge_date": file.last_day.isoformat()},
        "nullCount": {"charge_date": 0},
    }
