"""Findings as text for spreadsheets."""

import csv
import io
from collections.abc import Iterable
from enum import StrEnum

from assay.core.csv_text import escape_formula
from assay.recommendations.domain.values import FindingView

HEADER = (
    "check", "state", "provider", "account", "region", "kind", "resource", "name", "team", "owner", "due on", "action",
    "saving a month", "least", "most", "before commitments", "counted", "currency", "price source", "confidence", "risk", "effort",
    "what was found", "first seen", "last seen", "stale since", "applied at", "promised", "verified saving", "reason", "command", "id",
)  # fmt: skip


class ExportKind(StrEnum):
    CSV = "csv"
    JSON = "json"


def write_findings(findings: Iterable[FindingView]) -> str:
    """A row each, with a header line; amounts are exact, times UTC, and no text is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for one in findings:
        writer.writerow([escape_formula(_text(value)) for value in _values(one)])
    return out.getvalue()


def _values(one: FindingView) -> tuple[object, ...]:
    key = one.resource
    return (
        one.check, one.state.value, key.provider, key.account_id, key.region, key.kind.value, key.native_id, one.name, one.team_name,
        one.owner_name, one.due_on, one.action, f"{one.expected.amount:f}", f"{one.least.amount:f}", f"{one.most.amount:f}",
        f"{one.before_commitments.amount:f}", f"{one.counted.amount:f}", one.expected.currency, one.price_source, one.confidence,
        one.risk, one.effort, one.explanation.reason, one.first_seen_at.isoformat(), one.last_seen_at.isoformat(),
        one.stale_since and one.stale_since.isoformat(), one.applied_at and one.applied_at.isoformat(),
        one.promised and f"{one.promised.amount:f}", one.verified_saving and f"{one.verified_saving.amount:f}", one.reason,
        one.explanation.remedy.command, one.id,
    )  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None else str(value)
