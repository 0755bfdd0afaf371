"""One question about costs, asked of one version of the ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from ibis.expr.types import Table

from assay.core.money import EXACT
from assay.costs.domain.charges import Key, add_up
from assay.costs.domain.dimensions import TIMES
from assay.costs.domain.questions import (
    AnswerRow,
    CostAnswer,
    CostQuestion,
    Granularity,
    Question,
    list_steps,
    name_step,
)
from assay.costs.selectors.asked import intervals_of, rank_groups, read_each, sum_steps, sum_whole
from assay.costs.selectors.currencies import pick_currency
from assay.costs.selectors.questions import Choice, Ledger, needs_of
from assay.costs.selectors.rollups import Needs

ZERO = Decimal(0)
Series = dict[Key, dict[str, Decimal]]
"""Key → step → amount."""


def answer_nothing(question: CostQuestion, currency: str) -> CostAnswer:
    """The answer of a ledger that holds nothing."""
    steps = _steps_of(question)
    return CostAnswer((), None, 0, ZERO, ZERO, steps, (ZERO,) * len(steps), currency, (), -1)


def needs_of_question(question: CostQuestion) -> Needs:
    """What an Inquiry of the question reads."""
    choice = Choice(intervals_of(question), question.filter, question.credits)
    return needs_of(choice, groups=question.group_by, granularity=question.granularity)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """home: the currency to answer in where anything is charged in it."""

    ledger: Ledger
    question: CostQuestion
    home: str

    def answer(self, whole: CostAnswer | None = None) -> CostAnswer:
        """whole: the answer without groups, if it is known; that of another version of the ledger is not used."""
        if whole is None or whole.version != self.ledger.version:
            whole = self._answer_whole()
        if not self.question.group_by:
            return whole
        rows, count = self._read_groups(whole.currency, whole.steps)
        left = AnswerRow((), whole.total, whole.total_before, series=whole.step_totals)
        rest = _subtract(left, rows, compared=not self._in_time) if count > len(rows) else None
        return replace(whole, rows=tuple(rows), rest=rest, groups=count)

    def _answer_whole(self) -> CostAnswer:
        each = read_each(self.ledger.whole, self.question, grouped=False)
        found = self.ledger.ask(Question.TOTALS, sum_whole(each), asked=each)
        currency, others = pick_currency(self.home, _add_currencies(found))
        of_currency = [row for row in found if row["currency"] == currency]
        steps = _steps_of(self.question)
        return CostAnswer(
            rows=(),
            rest=None,
            groups=0,
            total=add_up([row["amount"] for row in of_currency]),
            total_before=add_up([row["before"] for row in of_currency]),
            steps=steps,
            step_totals=_line({self._step_in(row): row["amount"] for row in of_currency} if steps else {}, steps),
            currency=currency,
            other_currencies=others,
            version=self.ledger.version,
        )

    @property
    def _names(self) -> list[str]:
        return [f"key_{i}" for i in range(len(self.question.group_by))]

    @property
    def _in_time(self) -> bool:
        """Whether groups are days or months, which do not come again."""
        return any(group in TIMES for group in self.question.group_by)

    def _read_groups(self, currency: str, steps: Sequence[str]) -> tuple[list[AnswerRow], int]:
        """The groups by name, with their steps, and how many there are."""
        each = read_each(self.ledger.charges, self.question, grouped=True)
        ranked = rank_groups(each, currency, self.question, in_time=self._in_time)
        found = self.ledger.ask(Question.GROUPS, ranked, asked=each)
        rows = [self._read_row(row) for row in found]
        count = int(found[0]["groups"]) if found else 0
        series = self._read_series(each, rows, count, currency)
        return [replace(row, series=_line(series[row.key], steps)) if row.key in series else row for row in rows], count

    def _read_row(self, row: Mapping[str, Any]) -> AnswerRow:
        key = tuple(row[name] for name in self._names)
        labels = tuple(row.get(f"label_{i}") or "" for i in range(len(key)))
        return AnswerRow(key, row["amount"], row["before"], labels)

    def _read_series(self, each: Table, rows: Sequence[AnswerRow], groups: int, currency: str) -> Series:
        """Of the groups that are drawn."""
        drawn = [row.key for row in rows[: self.question.drawn]]
        if self.question.granularity is None or not drawn:
            return {}
        series: Series = {key: {} for key in drawn}
        steps = sum_steps(each, currency, only=drawn if len(drawn) < groups else ())
        for row in self.ledger.ask(Question.SERIES, steps, asked=each):
            key = tuple(row[name] for name in self._names)
            if key in series:
                series[key][self._step_in(row)] = row["amount"] or ZERO
        return series

    def _step_in(self, row: Mapping[str, Any]) -> str:
        step: date | datetime = row["step"]
        if self.question.granularity is Granularity.HOUR and isinstance(step, datetime):
            return name_step(step.astimezone(UTC), Granularity.HOUR)
        return f"{step:%Y-%m}" if self.question.granularity is Granularity.MONTH else f"{step:%Y-%m-%d}"


def _add_currencies(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Currencies with how often anything was charged in them; those of the time before count where there is no other."""
    charges = Counter[str]()
    for row in rows:
        charges[row["currency"]] += row["charges"]
    charged = {currency: count for currency, count in charges.items() if count} or charges
    return [{"currency": currency, "charges": count} for currency, count in charged.items()]


def _steps_of(question: CostQuestion) -> tuple[str, ...]:
    return () if question.granularity is None else list_steps(question.interval, question.granularity)


def _line(amounts: Mapping[str, Decimal], steps: Sequence[str]) -> tuple[Decimal, ...]:
    return tuple(amounts.get(step, ZERO) for step in steps)


def _subtract(whole: AnswerRow, rows: Sequence[AnswerRow], *, compared: bool) -> AnswerRow:
    """What no row has. Its series is what no drawn row has."""
    amount, before, series = whole.amount, whole.before if compared else ZERO, whole.series
    for row in rows:
        amount, before = EXACT.subtract(amount, row.amount), EXACT.subtract(before, row.before)
        if row.series:
            series = tuple(EXACT.subtract(left, part) for left, part in zip(series, row.series, strict=True))
    return AnswerRow((), amount, before, series=series)
