"""Exports of AWS as they lie in a folder: manifests and the files that they name."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from assay.core import tenancy
from assay.core.clock import now
from assay.core.ids import new_id
from assay.costs.domain.imports import BillImportView
from assay.costs.domain.sources import SourceKind
from assay.costs.models import BillingSource
from assay.costs.selectors.imports import list_imports
from assay.costs.services import imports, polling
from tests.factories import focus

EXPORT = "focus-daily"
REPORT = "billing"


def charge_of(month: str, cost: str, **values: str | None) -> dict[str, str | None]:
    """month: `2026-01`."""
    year, number = (int(part) for part in month.split("-"))
    following = f"{year + number // 12}-{number % 12 + 1:02}"
    start, end = f"{month}-01T00:00:00Z", f"{following}-01T00:00:00Z"
    times = {"BillingPeriodStart": start, "BillingPeriodEnd": end, "ChargePeriodStart": start, "ChargePeriodEnd": end}
    return focus.make_charge(cost, **{**times, **values})


def bill_of(month: str, *costs: str) -> bytes:
    return focus.write_csv([charge_of(month, cost) for cost in costs])


def put(path: Path, content: bytes, *, at: datetime | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if at is not None:
        os.utime(path, (at.timestamp(), at.timestamp()))


def data_export(
    files: Mapping[str, bytes],
    *,
    month: str,
    execution: str,
    new_folder: str = "",
    named: Sequence[str] = (),
    bucket: str = "bills",
) -> dict[str, bytes]:
    """Key below the place → content, the manifest last. new_folder: of create-new mode. named: files that are not delivered."""
    below = f"{new_folder}/" if new_folder else ""
    data = {f"{EXPORT}/data/BILLING_PERIOD={month}/{below}{name}": content for name, content in files.items()}
    addresses = [f"s3://{bucket}/exports/{key}" for key in data] + list(named)
    said = {"executionId": execution, "dataFiles": addresses, "columns": [{"name": "BilledCost", "type": "double"}]}
    return data | {f"{EXPORT}/metadata/BILLING_PERIOD={month}/{below}{EXPORT}-Manifest.json": json.dumps(said).encode()}


def cur_report(files: Mapping[str, bytes], *, month: str, assembly: str, new_folder: bool = False) -> dict[str, bytes]:
    """As data_export, of a legacy report; its manifest lies at the period, and a copy of it in the assembly's folder."""
    year, number = (int(part) for part in month.split("-"))
    following = f"{year + number // 12}{number % 12 + 1:02}01"
    period = f"{REPORT}/{month.replace('-', '')}01-{following}"
    folder = f"{period}/{assembly}" if new_folder else period
    data = {f"{folder}/{name}": content for name, content in files.items()}
    said = {
        "assemblyId": assembly,
        "billingPeriod": {"start": f"{month.replace('-', '')}01T000000.000Z"},
        "reportKeys": [f"cur/{key}" for key in data],
        "compression": "GZIP",
        "contentType": "text/csv",
    }
    manifest = json.dumps(said).encode()
    return data | {f"{period}/{assembly}/{REPORT}-Manifest.json": manifest, f"{period}/{REPORT}-Manifest.json": manifest}


def lay(root: Path, delivery: Mapping[str, bytes], *, at: datetime | None = None) -> None:
    """Files first, the manifest last, as AWS does."""
    for key, content in delivery.items():
        put(root / key, content, at=at)


def make_source(organization_id: object, root: Path, *, name: str = "aws", minutes: int | None = 60) -> BillingSource:
    """A folder source; root: its folder, made here."""
    root.mkdir(parents=True, exist_ok=True)
    with tenancy.scope(organization_id):  # type: ignore[arg-type]  # an id
        return BillingSource.objects.create(
            id=new_id(), organization_id=organization_id, name=name, kind=SourceKind.FOLDER.value, location={"path": root.name},
            poll_minutes=minutes, next_poll_at=now(),
        )  # fmt: skip


def poll_and_import(source: BillingSource) -> list[BillImportView]:
    """As beat and the workers do. returns: all deliveries of the source, in the order of receipt."""
    polling.poll_source(source.organization_id, source.id)
    imports.import_bills(source.organization_id)
    with tenancy.scope(source.organization_id):
        return list_imports(source.organization_id, source_name=source.name, limit=500)[::-1]
