"""What a question reads of each charge, and sums of that. Ibis takes long to say a statement, and says these sums once for most questions."""

from collections.abc import Collection
from functools import lru_cache

import ibis
from ibis.expr.operations import Relation
from ibis.expr.types import BooleanValue, Table, Value

from assay.core.intervals import Interval
from assay.costs.domain.charges import Key
from assay.costs.domain.questions import CostQuestion, RowOrder
from assay.costs.selectors.conditions import is_one_of, label_of, value_of
from assay.costs.selectors.questions import Choice, amount_of, choose, starts_within, step_of

ASKED = "asked"
"""The name under which the sums read what read_each gives."""


def intervals_of(question: CostQuestion) -> tuple[Interval, ...]:
    return (question.interval,) if question.before is None else (question.interval, question.before)


def read_each(charges: Table, question: CostQuestion, *, grouped: bool) -> Table:
    """Of each charge that counts: currency, amount and charge_count; now and earlier, where it is compared; its step.

    grouped: its key_0, key_1, and label_0, label_1 where they have names, as well.
    """
    chosen = choose(charges, Choice(intervals_of(question), question.filter, question.credits))
    read: dict[str, Value] = {
        "currency": chosen.billing_currency,
        "amount": amount_of(chosen, question.basis),
        "charge_count": chosen.charge_count,
    }
    if question.before is not None:
        read |= {"now": starts_within(chosen, question.interval), "earlier": starts_within(chosen, question.before)}
    if question.granularity is not None:
        read["step"] = step_of(chosen, question.granularity)
    for place, group in enumerate(question.group_by if grouped else ()):
        read[f"key_{place}"] = value_of(chosen, group)
        label = label_of(chosen, group)
        if label is not None:
            read[f"label_{place}"] = label
    return chosen.select(**read)


def sum_whole(each: Table) -> Table:
    """Per currency and step: amount, before, charges. each: what read_each gave."""
    return _sum_whole(_asked(each))


def rank_groups(each: Table, currency: str, question: CostQuestion, *, in_time: bool) -> Table:
    """The first groups in the question's order, with their labels, and how many there are. in_time: what is earlier counts for nothing."""
    return _rank_groups(_asked(each), currency, question.order, question.ascending, question.top, in_time)


def sum_steps(each: Table, currency: str, *, only: Collection[Key]) -> Table:
    """Amounts by key and step. only: keys wanted; without any all come. More may come than wanted."""
    asked = _asked(each).to_expr()
    chosen = asked.filter(_of_now(asked, currency))
    if only:
        chosen = chosen.filter(
            [is_one_of(chosen[name], tuple({key[i] for key in only})) for i, name in enumerate(_keys(asked))]
        )
    return chosen.group_by([*_keys(asked), "step"]).aggregate(amount=chosen.amount.sum())


def _asked(each: Table) -> Relation:
    return ibis.table(each.schema(), name=ASKED).op()


@lru_cache
def _sum_whole(relation: Relation) -> Table:
    asked = relation.to_expr()
    return asked.group_by([name for name in ("currency", "step") if name in asked.columns]).aggregate(**_sums(asked))


@lru_cache
def _rank_groups(relation: Relation, currency: str, order: RowOrder, ascending: bool, top: int, in_time: bool) -> Table:
    asked = relation.to_expr()
    chosen = asked.filter(_of_now(asked, currency) if in_time else [asked.currency == currency])
    labels = {name: chosen[name].max() for name in asked.columns if name.startswith("label_")}
    grouped = chosen.group_by(_keys(asked)).aggregate(**_sums(chosen), **labels)
    orders = {
        RowOrder.AMOUNT: grouped.amount,
        RowOrder.BEFORE: grouped.before,
        RowOrder.CHANGE: grouped.amount - grouped.before,
    }
    ranked = grouped.mutate(place=orders[order], groups=grouped.charges.count().over(ibis.window()))
    place = ranked.place.asc() if ascending else ranked.place.desc()
    return ranked.order_by([place, *(ibis.asc(name, nulls_first=True) for name in _keys(asked))]).limit(top)


def _keys(asked: Table) -> list[str]:
    return [name for name in asked.columns if name.startswith("key_")]


def _of_now(asked: Table, currency: str) -> list[BooleanValue]:
    return [asked.currency == currency, *([asked.now] if "now" in asked.columns else [])]


def _sums(asked: Table) -> dict[str, Value]:
    nothing = ibis.literal(0, type="decimal(38, 15)")
    if "now" not in asked.columns:
        return {"amount": asked.amount.sum().coalesce(nothing), "before": nothing, "charges": asked.charge_count.sum()}
    return {
        "amount": _sum_where(asked.amount, asked.now),
        "before": _sum_where(asked.amount, asked.earlier),
        "charges": asked.now.ifelse(asked.charge_count, 0).sum(),
    }


def _sum_where(amount: Value, counts: BooleanValue) -> Value:
    counted = ibis.ifelse(counts, amount, ibis.literal(0, type="decimal(33, 15)"))
    return counted.sum().coalesce(ibis.literal(0, type="decimal(38, 15)"))
