"""Why costs changed: what was billed in two intervals, thing by thing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from assay.accounts.selectors.organizations import get_organization
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.comparisons import ZERO, Explanation, Item, Side, explain
from assay.costs.domain.dimensions import Dimension
from assay.costs.domain.questions import CostQuestion, Question
from assay.costs.selectors.conditions import value_of
from assay.costs.selectors.currencies import pick_currency
from assay.costs.selectors.questions import Choice, Ledger, amount_of, needs_of, open_ledger, starts_within

THING = (Dimension.ACCOUNT, Dimension.SERVICE, Dimension.REGION, Dimension.RESOURCE, Dimension.SKU)
MEASURED = ("consumed_quantity", "consumed_unit", "pricing_quantity", "pricing_unit", "charge_category", "charge_class")
CORRECTION = "Correction"


def explain_change(organization_id: UUID, question: CostQuestion, *, before: Interval) -> Explanation:
    """The difference between an earlier interval and the question's, by cause and by thing.

    question: its interval, basis, credits and filter count. returns: causes that sum to the difference exactly; currency as in
    explorer.answer.
    """
    home = get_organization(organization_id).currency
    choice = Choice((question.interval, before), question.filter, question.credits)
    with open_ledger(organization_id, needs_of(choice, groups=THING, columns=MEASURED)) as ledger:
        rows = [] if ledger is None else ledger.ask(Question.CHANGES, _things(ledger, choice, question.basis))
    counted: list[Mapping[str, Any]] = [{**row, "charges": row["charges_now"]} for row in rows]
    if not any(row["charges"] for row in counted):
        counted = [{**row, "charges": row["charges_before"]} for row in rows]
    currency, others = pick_currency(home, [row for row in counted if row["charges"]])
    return explain(_read_items(rows, currency), currency=currency, other_currencies=others)


def _things(ledger: Ledger, choice: Choice, basis: Basis) -> Table:
    """One row per currency and thing, with its sums of both intervals."""
    chosen = ledger.choose(choice)
    now, before = choice.intervals
    sides = {"now": starts_within(chosen, now), "before": starts_within(chosen, before)}
    measures = {
        "cost": amount_of(chosen, basis),
        "list": chosen.list_cost,
        "quantity": chosen.consumed_quantity.coalesce(chosen.pricing_quantity),
    }
    sums = {f"{name}_{side}": value.sum(where=inside) for name, value in measures.items() for side, inside in sides.items()}
    counts = {f"charges_{side}": inside.ifelse(chosen.charge_count, 0).sum() for side, inside in sides.items()}
    return chosen.group_by(currency=chosen.billing_currency, **_keys(chosen)).aggregate(**sums, **counts)


def _keys(chosen: Table) -> dict[str, Value]:
    """A charge is measured by what was consumed, or where the bill does not say that, by what was priced; never by both."""
    corrects: BooleanValue = (chosen.charge_class == CORRECTION).fill_null(False)
    consumed, priced = chosen.consumed_quantity.notnull(), chosen.pricing_quantity.notnull()
    return {
        **{f"key_{i}": value_of(chosen, dimension) for i, dimension in enumerate(THING)},
        "unit": ibis.cases((consumed, chosen.consumed_unit), (priced, chosen.pricing_unit)),
        "measure": ibis.cases((consumed, "ConsumedQuantity"), (priced, "PricingQuantity")),
        "category": chosen.charge_category,
        "corrects": corrects,
    }


def _read_items(rows: Sequence[Mapping[str, Any]], currency: str) -> Iterator[Item]:
    for row in rows:
        if row["currency"] == currency:
            key = (*(row[f"key_{i}"] for i in range(len(THING))), row["unit"], row["measure"])
            yield Item(key, row["category"], row["corrects"], _read_side(row, "before"), _read_side(row, "now"))


def _read_side(row: Mapping[str, Any], side: str) -> Side:
    quantity = row[f"quantity_{side}"]
    return Side(row[f"charges_{side}"], row[f"cost_{side}"] or ZERO, row[f"list_{side}"] or ZERO, quantity)
