"""One question about costs, asked of one version of the ledger."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from assay.core.money import EXACT
from assay.costs.domain.charges import Key, add_up
from assay.costs.domain.dimensions import TIMES
from assay.costs.domain.questions import (
    AnswerRow,
    CostAnswer,
    CostQuestion,
    Granularity,
    Question,
    RowOrder,
    list_steps,
    name_step,
)
from assay.costs.selectors.conditions import is_one_of, label_of, value_of
from assay.costs.selectors.currencies import pick_currency
from assay.costs.selectors.questions import Choice, Ledger, amount_of, name_steps, needs_of, starts_within, step_of
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
    intervals = (question.interval,) if question.before is None else (question.interval, question.before)
    choice = Choice(intervals, question.filter, question.credits)
    return needs_of(choice, groups=question.group_by, granularity=question.granularity)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """home: the currency to answer in where anything is charged in it."""

    ledger: Ledger
    question: CostQuestion
    home: str

    def answer(self) -> CostAnswer:
        found = self.ledger.ask(Question.TOTALS, self._totals())
        currency, others = pick_currency(self.home, _add_currencies(found))
        of_currency = [row for row in found if row["currency"] == currency]
        steps = _steps_of(self.question)
        whole = AnswerRow(
            (),
            add_up([row["amount"] for row in of_currency]),
            add_up([row["before"] for row in of_currency]),
            series=_line({self._step_in(row): row["amount"] for row in of_currency} if steps else {}, steps),
        )
        groups = self.ledger.ask(Question.GROUPS, self._groups(currency)) if self.question.group_by else []
        rows = [self._read_row(row) for row in groups]
        count = int(groups[0]["groups"]) if groups else 0
        series = self._read_series(rows, count, currency)
        drawn = [replace(row, series=_line(series[row.key], steps)) if row.key in series else row for row in rows]
        return CostAnswer(
            rows=tuple(drawn),
            rest=_subtract(whole, drawn, compared=not self._in_time) if count > len(rows) else None,
            groups=count,
            total=whole.amount,
            total_before=whole.before,
            steps=steps,
            step_totals=whole.series,
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

    def _chosen(self, *, compared: bool) -> Table:
        earlier = self.question.before if compared else None
        intervals = (self.question.interval,) if earlier is None else (self.question.interval, earlier)
        return self.ledger.choose(Choice(intervals, self.question.filter, self.question.credits))

    def _sums(self, chosen: Table) -> dict[str, Value]:
        now = starts_within(chosen, self.question.interval)
        amount = amount_of(chosen, self.question.basis)
        earlier: Value = ibis.literal(0, type="decimal(38, 15)")
        if self.question.before is not None:
            earlier = _sum_where(amount, starts_within(chosen, self.question.before))
        return {"amount": _sum_where(amount, now), "before": earlier, "charges": now.ifelse(chosen.charge_count, 0).sum()}

    def _totals(self) -> Table:
        """Per currency and step."""
        chosen, granularity = self._chosen(compared=True), self.question.granularity
        if granularity is None:
            return chosen.group_by(currency=chosen.billing_currency).aggregate(**self._sums(chosen))
        grouped = chosen.group_by(currency=chosen.billing_currency, step=step_of(chosen, granularity))
        return name_steps(grouped.aggregate(**self._sums(chosen)), granularity)

    def _groups(self, currency: str) -> Table:
        """The first groups in the question's order, and how many there are."""
        chosen = self._chosen(compared=not self._in_time)
        chosen = chosen.filter(chosen.billing_currency == currency)
        named = enumerate(label_of(chosen, group) for group in self.question.group_by)
        labels = {f"label_{i}": label.max() for i, label in named if label is not None}
        grouped = chosen.group_by(**self._keys(chosen)).aggregate(**self._sums(chosen), **labels)
        orders = {
            RowOrder.AMOUNT: grouped.amount,
            RowOrder.BEFORE: grouped.before,
            RowOrder.CHANGE: grouped.amount - grouped.before,
        }
        ranked = grouped.mutate(place=orders[self.question.order], groups=grouped.charges.count().over(ibis.window()))
        place = ranked.place.asc() if self.question.ascending else ranked.place.desc()
        names = [ibis.asc(name, nulls_first=True) for name in self._names]
        return ranked.order_by([place, *names]).limit(self.question.top)

    def _keys(self, chosen: Table) -> dict[str, Value]:
        return {name: value_of(chosen, group) for name, group in zip(self._names, self.question.group_by, strict=True)}

    def _read_row(self, row: Mapping[str, Any]) -> AnswerRow:
        key = tuple(row[name] for name in self._names)
        labels = tuple(row.get(f"label_{i}") or "" for i in range(len(key)))
        return AnswerRow(key, row["amount"], row["before"], labels)

    def _read_series(self, rows: Sequence[AnswerRow], groups: int, currency: str) -> Series:
        """Of the groups that are drawn."""
        granularity, drawn = self.question.granularity, [row.key for row in rows[: self.question.drawn]]
        if granularity is None or not drawn:
            return {}
        series: Series = {key: {} for key in drawn}
        for row in self.ledger.ask(
            Question.SERIES, self._steps(currency, granularity, only=drawn if len(drawn) < groups else ())
        ):
            key = tuple(row[name] for name in self._names)
            if key in series:
                series[key][self._step_in(row)] = row["amount"] or ZERO
        return series

    def _steps(self, currency: str, granularity: Granularity, *, only: Collection[Key]) -> Table:
        """Amounts by key and step. only: keys wanted; without any all come. More may come than wanted."""
        chosen = self._chosen(compared=False)
        chosen = chosen.filter(chosen.billing_currency == currency)
        if only:
            keys = enumerate(self._keys(chosen).values())
            chosen = chosen.filter(*(is_one_of(value, tuple({key[i] for key in only})) for i, value in keys))
        amount = amount_of(chosen, self.question.basis).sum()
        grouped = chosen.group_by(**self._keys(chosen), step=step_of(chosen, granularity)).aggregate(amount=amount)
        return name_steps(grouped, granularity)

    def _step_in(self, row: Mapping[str, Any]) -> str:
        step, granularity = row["step"], self.question.granularity
        if isinstance(step, str) or granularity is None:
            return str(step)
        return name_step(step.astimezone(UTC), granularity)


def _add_currencies(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Currencies with how often anything was charged in them; those of the time before count where there is no other."""
    charges = Counter[str]()
    for row in rows:
        charges[row["currency"]] += row["charges"]
    charged = {currency: count for currency, count in charges.items() if count} or charges
    return [{"currency": currency, "charges": count} for currency, count in charged.items()]


def _steps_of(question: CostQuestion) -> tuple[str, ...]:
    return () if question.granularity is None else list_steps(question.interval, question.granularity)


def _sum_where(amount: Value, counts: BooleanValue) -> Value:
    return (
        ibis.ifelse(counts, amount, ibis.literal(0, type="decimal(33, 15)"))
        .sum()
        .coalesce(ibis.literal(0, type="decimal(38, 15)"))
    )


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
