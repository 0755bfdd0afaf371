"""The checks, asked of the ledger as it is now."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from ibis.expr.types import Table

from assay.core.errors import Invalid, NotFound
from assay.costs.domain.checks import Check, CheckReport, CheckResult, Example
from assay.costs.domain.questions import Question
from assay.costs.models import BillingSource
from assay.costs.selectors.checks.forms import FORMS
from assay.costs.selectors.checks.money import MONEY
from assay.costs.selectors.checks.repeats import REPEATS, days_of, repeated_charges, split_days
from assay.costs.selectors.checks.rules import GroupRule, RowRule, count_rows
from assay.costs.selectors.checks.sums import SUMS
from assay.costs.selectors.engines import Session, open_session
from assay.costs.selectors.lake import LakeFile, find_snapshot
from assay.costs.selectors.rollups import charges_table

ROW_RULES = (*MONEY, *FORMS)
CHECKS: tuple[Check, ...] = (*(rule.check for rule in ROW_RULES), *(rule.check for rule in SUMS), REPEATS)
EXAMPLES = 3
PLACE = (
    "source_id",
    "billing_period",
    "charge_period_start",
    "service_name",
    "sub_account_id",
    "resource_id",
    "charge_category",
)
"""Columns that say which charge it is."""
FILTERS = {"source_id": "source"}
"""Columns that a filter calls otherwise."""
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
Row = Mapping[str, Any]


def count_groups(groups: Table) -> Table:
    return groups.aggregate(checked=groups.count(), failing=groups.broken.ifelse(1, 0).sum())


@dataclass(frozen=True, slots=True)
class _Statements:
    """charges: the ledger's table. row_counts: of ROW_RULES. groups, group_counts: by name of the check."""

    charges: Table
    row_counts: Table
    groups: Mapping[str, Table]
    group_counts: Mapping[str, Table]


@cache
def _statements() -> _Statements:
    """They are long, and the same for every ledger."""
    charges = charges_table()
    groups = {rule.check.name: rule.groups(charges) for rule in SUMS}
    counts = {name: count_groups(table) for name, table in groups.items()}
    return _Statements(charges, count_rows(charges, ROW_RULES), groups, counts)


def check_ledger(organization_id: UUID, *, source_name: str = "", billing_period: str = "") -> CheckReport:
    """Every check over all charges of the ledger, or of one source or billing period (`YYYY-MM`) of it.

    raises: NotFound for an unknown source; Invalid for what is no month.
    """
    if billing_period and not MONTH.fullmatch(billing_period):
        raise Invalid(f"A billing period is a month like 2026-01, not {billing_period!r}.", field="period")
    source_id = _find_source(organization_id, source_name) if source_name else None
    snapshot = find_snapshot(organization_id)
    files = [] if snapshot is None else [file for file in snapshot.files if _is_of(file, source_id, billing_period)]
    if snapshot is None or not files:
        return CheckReport(tuple(CheckResult(check, 0, 0) for check in CHECKS), 0, -1 if snapshot is None else snapshot.version)
    with open_session({"charges": files}) as session:
        checking = _Checking(session)
        return CheckReport(tuple(checking.check_all()), sum(file.rows for file in files), snapshot.version)


def _find_source(organization_id: UUID, name: str) -> UUID:
    found = BillingSource.objects.filter(organization_id=organization_id, name=name).values_list("id", flat=True).first()
    if found is None:
        raise NotFound(f"There is no billing source {name}.", source=name)
    return found


def _is_of(file: LakeFile, source_id: UUID | None, billing_period: str) -> bool:
    return source_id in (None, file.source_id) and billing_period in ("", file.billing_period)


@dataclass(frozen=True, slots=True)
class _Checking:
    session: Session

    def check_all(self) -> list[CheckResult]:
        return [*self._check_rows(), *(self._check_groups(rule) for rule in SUMS), self._check_repeats()]

    def _check_rows(self) -> list[CheckResult]:
        """One pass over the charges, and another for each rule that is broken."""
        (counts,) = self._ask(Question.CHECKED_CHARGES, _statements().row_counts)
        found = []
        for i, rule in enumerate(ROW_RULES):
            checked, failing = counts[f"checked_{i}"] or 0, counts[f"failing_{i}"] or 0
            found.append(CheckResult(rule.check, checked, failing, self._find_charges(rule) if failing else ()))
        return found

    def _find_charges(self, rule: RowRule) -> tuple[Example, ...]:
        charges = _statements().charges
        broken = charges.filter(rule.applies(charges), rule.broken(charges))
        columns = list(dict.fromkeys((*PLACE, *rule.shown)))
        rows = self._ask(Question.FAILING_CHARGES, broken.order_by(columns).select(columns).limit(EXAMPLES))
        return tuple(_example(row, PLACE, rule.shown) for row in rows)

    def _check_groups(self, rule: GroupRule) -> CheckResult:
        groups = _statements().groups[rule.check.name]
        (counts,) = self._ask(Question.CHECKED_SUMS, _statements().group_counts[rule.check.name])
        if not counts["failing"]:
            return CheckResult(rule.check, counts["checked"], 0)
        rows = self._ask(Question.FAILING_SUMS, groups.filter(groups.broken).order_by(list(rule.keys)).limit(EXAMPLES))
        shown = [name for name in groups.columns if name not in (*rule.keys, "broken")]
        return CheckResult(
            rule.check, counts["checked"], counts["failing"], tuple(_example(row, rule.keys, shown) for row in rows)
        )

    def _check_repeats(self) -> CheckResult:
        charges = _statements().charges
        rows = {row["charge_date"]: row["rows"] for row in self._ask(Question.CHARGED_DAYS, days_of(charges))}
        failing, examples = 0, list[Example]()
        for first, last in split_days(rows):
            repeats = repeated_charges(charges, first, last)
            counted = repeats.aggregate(failing=repeats.times.sum() - repeats.count())
            (counts,) = self._ask(Question.CHECKED_SUMS, counted)
            if counts["failing"]:
                failing += int(counts["failing"])
                found = self._ask(Question.FAILING_SUMS, repeats.order_by(list(PLACE[:3])).limit(EXAMPLES - len(examples)))
                examples += [_example(row, PLACE, ("times", "billed_cost")) for row in found]
        return CheckResult(REPEATS, sum(rows.values()), failing, tuple(examples))

    def _ask(self, question: Question, expression: Table) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.session.ask(question, expression).to_pylist()
        return rows


def _example(row: Row, keys: Sequence[str], shown: Sequence[str]) -> Example:
    place = {name: text for name in keys if name in row and (text := _text(row[name])) is not None}
    return Example(place, {name: _text(row.get(name)) for name in shown}, _filter(place))


def _filter(place: Mapping[str, str]) -> str:
    """What finds the same charges in a list."""
    return " and ".join(f"{FILTERS.get(name, name)} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in place.items())


def _text(value: object) -> str | None:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return None if value is None else str(value)
