"""Deliveries of bills and their sources."""

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from ninja import Schema

from assay.costs.api.schemas.amounts import AmountOut
from assay.costs.domain.imports import BillImportView, ImportState


class SourceOut(Schema):
    id: UUID
    name: str


class InvariantOut(Schema):
    name: str
    ok: bool
    detail: str


class FileOut(Schema):
    name: str
    size_bytes: int
    sha256: str


class ImportOut(Schema):
    """totals: per basis over the delivery; totals_by_period: the same per billing period; changes: what the ledger gained by each
    period that it took. timings: seconds per step. issued_at: its place in the order of the source's deliveries.
    """

    id: UUID
    source: SourceOut
    file_name: str
    size_bytes: int
    sha256: str
    state: ImportState
    message: str
    currency: str
    billing_periods: list[str]
    rows: int | None
    totals: dict[str, AmountOut]
    totals_by_period: dict[str, dict[str, AmountOut]]
    invariants: list[InvariantOut]
    log: list[str]
    received_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    issued_at: datetime
    manifest: str
    format: str
    format_version: str
    files: list[FileOut]
    changes: dict[str, dict[str, AmountOut]]
    timings: dict[str, float]

    @classmethod
    def of(cls, view: BillImportView) -> Self:
        def money(amounts: dict[str, Decimal]) -> dict[str, AmountOut]:
            return {basis: AmountOut(amount=f"{amount:f}", currency=view.currency) for basis, amount in amounts.items()}

        return cls(
            id=view.id,
            source=SourceOut(id=view.source_id, name=view.source_name),
            file_name=view.file_name,
            size_bytes=view.size_bytes,
            sha256=view.digest,
            state=view.state,
            message=view.message,
            currency=view.currency,
            billing_periods=list(view.billing_periods),
            rows=view.rows,
            totals=money(dict(view.totals)),
            totals_by_period={period: money(dict(amounts)) for period, amounts in view.totals_by_period.items()},
            invariants=[InvariantOut(name=rule.name, ok=rule.ok, detail=rule.detail) for rule in view.invariants],
            log=list(view.log),
            received_at=view.received_at,
            started_at=view.started_at,
            finished_at=view.finished_at,
            issued_at=view.issued_at,
            manifest=view.manifest,
            format=view.format,
            format_version=view.format_version,
            files=[FileOut(name=file.name, size_bytes=file.size_bytes, sha256=file.sha256) for file in view.files],
            changes={period: money(dict(amounts)) for period, amounts in view.changes.items()},
            timings=dict(view.timings),
        )


class ImportList(Schema):
    items: list[ImportOut]
    next_cursor: UUID | None
