"""Plans how many things fit into the ordered number of rows, then charges them month by month."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Inexact, localcontext
from itertools import count, islice
from random import Random

from assay_client.demo.bill.adjustments import COUNT as ADJUSTMENT_COUNT
from assay_client.demo.bill.adjustments import credit_charges, tax_charges
from assay_client.demo.bill.columns import NOTHING, Charge, Costs
from assay_client.demo.bill.commitments import count_plan_charges, plan_charges
from assay_client.demo.bill.fleets import Names, filling_line, stack_lines, standing_lines
from assay_client.demo.bill.lines import Line
from assay_client.demo.bill.periods import Month
from assay_client.failures import ClientFailed

EXACT = Context(prec=60, traps=[Inexact])
BATCH_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class BillOrder:
    """rows: exactly so many charges. months: names YYYY-MM, ascending, each once."""

    rows: int
    seed: int
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """lines: what is charged in full. fillings: per month, how many rows the filling lines add."""

    months: tuple[Month, ...]
    lines: Sequence[Line]
    fillings: Sequence[int]
    names: Names


def plan_bill(order: BillOrder) -> Plan:
    """raises: ClientFailed when the rows do not suffice for what every bill holds, or the months are none."""
    months = _months(order.months)
    names = Names(order.seed)
    lines = standing_lines(names)
    left = order.rows - _count(lines, months) - sum(count_plan_charges(month) + ADJUSTMENT_COUNT for month in months)
    if left < 0:
        raise ClientFailed(
            f"A bill of {len(months)} month(s) has at least {order.rows - left} rows, for the demo's machines are charged in every hour; "
            f"ask for that many or fewer months, not {order.rows} rows."
        )
    for number in count():
        stack = stack_lines(number, names)
        size = _count(stack, months)
        if size > left:
            break
        lines += stack
        left -= size
    return Plan(months, lines, _spread(left, months), names)


def generate_charges(plan: Plan) -> Iterator[tuple[Month, Charge]]:
    """Every charge of the plan, month by month; exact or not at all.

    Made batch by batch, for the exact context must not reach the caller that takes the charges.
    """
    for month in plan.months:
        charges = _month_charges(plan, month)
        while batch := _next_batch(charges):
            yield from ((month, charge) for charge in batch)


def _next_batch(charges: Iterator[Charge]) -> list[Charge]:
    with localcontext(EXACT):
        return list(islice(charges, BATCH_ROWS))


def _month_charges(plan: Plan, month: Month) -> Iterator[Charge]:
    taxable: defaultdict[str, Costs] = defaultdict(lambda: NOTHING)
    for charge in _usage(plan, month):
        account = charge.at("SubAccountId")
        taxable[account] += charge.costs
        yield charge
    covered = [(line.cadence, line.committed_price) for line in plan.lines if line.committed_price is not None]
    yield from plan_charges(month, covered)
    yield from credit_charges(month)
    yield from tax_charges(month, taxable)


def _usage(plan: Plan, month: Month) -> Iterator[Charge]:
    for number, line in enumerate(plan.lines):
        yield from line.charges(month, _chance(plan, month, f"line-{number}"))
    left = plan.fillings[plan.months.index(month)]
    for number in count():
        if not left:
            return
        line = filling_line(number, plan.names)
        rows = min(left, line.count(month))
        yield from line.charges(month, _chance(plan, month, f"filling-{number}"), limit=rows)
        left -= rows


def _chance(plan: Plan, month: Month, what: str) -> Random:
    return Random(f"{plan.names.seed}/{month.name}/{what}")  # noqa: S311  a demo needs the same sequence, not a secret one


def _count(lines: Sequence[Line], months: Sequence[Month]) -> int:
    return sum(line.count(month) for line in lines for month in months)


def _spread(rows: int, months: Sequence[Month]) -> list[int]:
    each = [rows * month.hours // sum(month.hours for month in months) for month in months]
    each[-1] += rows - sum(each)
    return each


def _months(names: Sequence[str]) -> tuple[Month, ...]:
    months = tuple(Month(name) for name in names)
    try:
        starts = [month.start for month in months]
    except ValueError as error:
        raise ClientFailed(f"{error}, e.g. --months 2026-09,2026-10.") from error
    if not starts or starts != sorted(set(starts)):
        raise ClientFailed("The months of a bill are named once each, in order, e.g. --months 2026-09,2026-10.")
    return months
