"""The ledger as tests compare it."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from assay.core import tenancy
from assay.costs.domain.imports import BillImportView
from assay.costs.selectors.engines.duckdb import open_session
from assay.costs.selectors.imports import get_import
from assay.costs.selectors.lake import fetch_files, find_snapshot, scan_sql
from assay.costs.services import imports


def deliver(organization_id: UUID, content: bytes, *, source_name: str = "aws", file_name: str = "bill.csv") -> BillImportView:
    """Deliver a file and import it, outside a scope, as a worker does. returns: how it ended."""
    received = imports.receive_bill(organization_id, source_name=source_name, file_name=file_name, chunks=[content])
    imports.import_bills(organization_id)
    with tenancy.scope(organization_id):
        return get_import(organization_id, received.id)


def read_ledger(organization_id: UUID, columns: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """All rows, sorted, without the ids of source and import. columns: only these."""
    snapshot = find_snapshot(organization_id)
    if snapshot is None or not snapshot.files:
        return []
    selected = ", ".join(columns) or "* EXCLUDE (source_id, import_id)"
    with open_session({}) as session:
        rows = (
            session.connection.sql(f"SELECT {selected} FROM {scan_sql(fetch_files(snapshot.files))}")
            .to_arrow_table()
            .to_pylist()
        )
    return sorted((tuple(row[name] for name in sorted(row)) if not columns else tuple(row.values()) for row in rows), key=repr)


def sum_ledger(organization_id: UUID, column: str = "effective_cost") -> Decimal:
    return sum((amount for (amount,) in read_ledger(organization_id, [column]) if amount is not None), Decimal(0))


def hash_ledger(organization_id: UUID) -> dict[str, tuple[int, int]]:
    """Per billing period the count of rows, and the sum of the MD5 of each row's columns but the ids of import and source."""
    found: dict[str, tuple[int, int]] = {}
    for row in read_ledger(organization_id, ["billing_period", "* EXCLUDE (billing_period, source_id, import_id)"]):
        count, total = found.get(row[0], (0, 0))
        found[row[0]] = (count + 1, (total + int(hashlib.md5(repr(row[1:]).encode()).hexdigest(), 16)) % (1 << 128))
    return found
