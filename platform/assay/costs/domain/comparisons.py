"""Why costs changed between two intervals: what is new, what is gone, and of the rest how much, at what price, at what discount."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum

from assay.core.money import EXACT, QUANTUM

ZERO = Decimal(0)


class Cause(StrEnum):
    """Of a difference. What is charged without a quantity is named by its charge category."""

    NEW = "new"
    GONE = "gone"
    USAGE = "usage"
    PRICE = "price"
    DISCOUNT = "discount"
    CREDIT = "credit"
    TAX = "tax"
    PURCHASE = "purchase"
    ADJUSTMENT = "adjustment"
    CORRECTION = "correction"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Side:
    """What one thing cost in one interval. charges: how many; 0 when it was not there. quantity: None where one has none."""

    charges: int = 0
    cost: Decimal = ZERO
    list_cost: Decimal = ZERO
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is billed, in both intervals. key: account, service, region, resource, SKU, unit, and by which quantity of FOCUS it is measured.

    category: of its charges."""

    key: tuple[str | None, ...]
    category: str
    is_correction: bool
    before: Side
    now: Side


@dataclass(frozen=True, slots=True)
class Driver:
    """One thing whose cost changed. effects: cause → amount; they sum to now - before exactly."""

    key: tuple[str | None, ...]
    before: Decimal
    now: Decimal
    effects: Mapping[Cause, Decimal]

    @property
    def change(self) -> Decimal:
        return EXACT.subtract(self.now, self.before)


@dataclass(frozen=True, slots=True)
class Explanation:
    """causes: cause → amount, the largest first; they sum to now - before exactly. drivers: the things that changed most.

    others: the change of all that is not among the drivers.
    """

    before: Decimal
    now: Decimal
    causes: Mapping[Cause, Decimal]
    drivers: tuple[Driver, ...]
    others: Decimal
    currency: str
    other_currencies: tuple[str, ...] = ()

    @property
    def change(self) -> Decimal:
        return EXACT.subtract(self.now, self.before)


def explain(items: Iterable[Item], *, currency: str, other_currencies: tuple[str, ...] = (), most: int = 20) -> Explanation:
    """Each item's difference by cause, and their sums. most: how many drivers are named."""
    causes: dict[Cause, Decimal] = defaultdict(Decimal)
    things: dict[tuple[str | None, ...], Driver] = {}
    before = now = ZERO
    for item in items:
        before, now = EXACT.add(before, item.before.cost), EXACT.add(now, item.now.cost)
        effects = attribute(item)
        for cause, amount in effects.items():
            causes[cause] = EXACT.add(causes[cause], amount)
        things[item.key] = _join(things.get(item.key), item, effects)
    drivers = sorted((driver for driver in things.values() if driver.effects), key=_rank)
    others = ZERO
    for driver in drivers[most:]:
        others = EXACT.add(others, driver.change)
    ordered = {cause: causes[cause] for cause in sorted(causes, key=lambda cause: (-abs(causes[cause]), cause))}
    return Explanation(before, now, ordered, tuple(drivers[:most]), others, currency, other_currencies)


def _join(known: Driver | None, item: Item, effects: Mapping[Cause, Decimal]) -> Driver:
    """One thing may have usage, credits and corrections: items of its own, and one driver."""
    if known is None:
        return Driver(item.key, item.before.cost, item.now.cost, effects)
    joined = defaultdict(Decimal, known.effects)
    for cause, amount in effects.items():
        joined[cause] = EXACT.add(joined[cause], amount)
    return Driver(
        item.key,
        EXACT.add(known.before, item.before.cost),
        EXACT.add(known.now, item.now.cost),
        {cause: amount for cause, amount in joined.items() if amount},
    )


def _rank(driver: Driver) -> tuple[Decimal, list[tuple[bool, str]]]:
    """The largest change first; things that changed as much, by name."""
    return -abs(driver.change), [(part is None, part or "") for part in driver.key]


def attribute(item: Item) -> dict[Cause, Decimal]:
    """The item's difference by cause, exactly; empty where nothing differs.

    With quantity q, list cost L and cost E before (0) and now (1): usage = E₀·q₁/q₀ - E₀, price = E₀/L₀·(L₁ - L₀·q₁/q₀), and
    discount is the rest, so that what the divisions round is in none but it.
    """
    before, now = item.before, item.now
    change = EXACT.subtract(now.cost, before.cost)
    if not before.charges or not now.charges:
        cause = Cause.GONE if before.charges else Cause.NEW
        return {cause: change} if change else {}
    if item.is_correction or item.category != "Usage" or not before.quantity or now.quantity is None:
        return {_name_category(item): change} if change else {}
    effects = _split_usage(change, before, now, before.quantity, now.quantity)
    return {cause: amount for cause, amount in effects.items() if amount}


def _split_usage(change: Decimal, before: Side, now: Side, quantity_before: Decimal, quantity: Decimal) -> dict[Cause, Decimal]:
    with localcontext(EXACT):
        usage = _round(before.cost * quantity / quantity_before - before.cost)
        price = ZERO
        if before.list_cost:
            price = _round(
                (now.list_cost * before.cost - before.list_cost * quantity / quantity_before * before.cost) / before.list_cost
            )
        return {Cause.USAGE: usage, Cause.PRICE: price, Cause.DISCOUNT: change - usage - price}


def _round(amount: Decimal) -> Decimal:
    return amount.quantize(QUANTUM, ROUND_HALF_EVEN)


def _name_category(item: Item) -> Cause:
    if item.is_correction:
        return Cause.CORRECTION
    named = item.category.lower()
    return Cause(named) if named in (Cause.CREDIT, Cause.TAX, Cause.PURCHASE, Cause.ADJUSTMENT) else Cause.OTHER
