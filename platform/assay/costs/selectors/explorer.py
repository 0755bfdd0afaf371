"""Where the money went: exact sums over the ledger, by any dimension, in one currency at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from assay.accounts.selectors.organizations import get_organization
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import CostRow, CostTable, Credits, DimensionValue, Freshness, add_up
from assay.costs.domain.dimensions import Dimension
from assay.costs.domain.imports import ImportState
from assay.costs.domain.questions import CostAnswer, CostQuestion, Question
from assay.costs.models import BillImport
from assay.costs.selectors.conditions import label_of, value_of
from assay.costs.selectors.currencies import pick_currency
from assay.costs.selectors.freshness import find_charged_until, find_reach
from assay.costs.selectors.inquiries import Inquiry, answer_nothing, needs_of_question
from assay.costs.selectors.questions import Choice, Filters, Ledger, amount_of, condition_of, needs_of, open_ledger

ZERO = Decimal(0)


def answer(organization_id: UUID, question: CostQuestion, *, whole: CostAnswer | None = None) -> CostAnswer:
    """The largest groups of the charges that begin in the interval, everything else as one row, and their steps.

    whole: the answer to without_groups(question), if it is known. returns: in the organization's currency, or where nothing is charged in that, in the one with the most charges.
    """
    home = get_organization(organization_id).currency
    asked_too = needs_of_question(without_groups(question)) if whole is None else None
    with open_ledger(organization_id, needs_of_question(question), whole=asked_too) as ledger:
        answered = answer_nothing(question, home) if ledger is None else Inquiry(ledger, question, home).answer(whole)
    return replace(answered, reach=find_reach(organization_id))


def without_groups(question: CostQuestion) -> CostQuestion:
    """What the question asks of the whole: the same for every grouping and order."""
    return CostQuestion(
        question.interval, question.basis, question.credits, (), question.granularity, question.filter, before=question.before
    )


def summarize(
    organization_id: UUID,
    *,
    group_by: Sequence[Dimension],
    interval: Interval,
    basis: Basis = Basis.EFFECTIVE,
    filters: Filters | None = None,
    credit: Credits = Credits.INCLUDED,
) -> CostTable:
    """Sums per group, all of them, of the charges whose period starts in the interval.

    group_by: dimensions of a row's key, in order; none gives one row, the total. interval: half-open, UTC.
    returns: rows, largest first, that sum to the total exactly; currency as in answer. Days are `YYYY-MM-DD`, months `YYYY-MM`.
    """
    choice = Choice((interval,), condition_of(filters or {}), credit)
    keys = {f"key_{i}": dimension for i, dimension in enumerate(group_by)}
    with open_ledger(organization_id, needs_of(choice, groups=group_by)) as ledger:
        rows = _sum(ledger, choice, keys, basis)
    currency, others = pick_currency(get_organization(organization_id).currency, rows)
    found = [CostRow(tuple(row[name] for name in keys), row["amount"] or ZERO) for row in rows if row["currency"] == currency]
    found.sort(key=lambda row: (-row.amount, tuple(part or "" for part in row.key)))
    return CostTable(tuple(found), add_up([row.amount for row in found]), currency, others)


def list_dimension_values(
    organization_id: UUID, *, dimension: Dimension, interval: Interval, basis: Basis = Basis.EFFECTIVE
) -> list[DimensionValue]:
    """Values of a dimension in the interval with a label for people, largest first."""
    choice = Choice((interval,))
    with open_ledger(organization_id, needs_of(choice, groups=[dimension])) as ledger:
        rows = _sum(ledger, choice, {"value": dimension}, basis, label=dimension)
    currency, _ = pick_currency(get_organization(organization_id).currency, rows)
    found = [
        DimensionValue(row["value"], row.get("label") or row["value"], row["amount"] or ZERO)
        for row in rows
        if row["currency"] == currency
    ]
    return sorted(found, key=lambda entry: (-entry.amount, entry.value or ""))


def find_freshness(organization_id: UUID) -> Freshness:
    """How far the ledger reaches, and when it last changed."""
    imported = BillImport.objects.filter(organization_id=organization_id, state=ImportState.IMPORTED)
    latest = imported.select_related("source").order_by("-finished_at").first()
    until = find_charged_until(organization_id)
    if until is None:
        return Freshness(None, None, None)
    return Freshness(until, latest.finished_at if latest else None, latest.source.name if latest else None)


def _sum(
    ledger: Ledger | None,
    choice: Choice,
    keys: Mapping[str, Dimension],
    basis: Basis,
    *,
    label: Dimension | None = None,
) -> list[dict[str, Any]]:
    """One row per currency and combination of keys: currency, charges (how many), the keys, the amount, perhaps a label."""
    if ledger is None:
        return []
    chosen = ledger.choose(choice)
    groups = {name: value_of(chosen, dimension) for name, dimension in keys.items()}
    named = None if label is None else label_of(chosen, label)
    labels = {} if named is None else {"label": named.max()}
    grouped = chosen.group_by(currency=chosen.billing_currency, **groups)
    return ledger.ask(
        Question.SUMS, grouped.aggregate(charges=chosen.charge_count.sum(), amount=amount_of(chosen, basis).sum(), **labels)
    )
