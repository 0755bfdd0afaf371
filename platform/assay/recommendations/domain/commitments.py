"""How well commitments are used and what they save: exact sums over hours, in the definitions of docs/algorithms/commitments.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from assay.core.money import EXACT

ZERO = Decimal(0)
DIGITS = Decimal("1E-18")
"""To which shares are rounded, half-even."""


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """part / whole; None where there is nothing to be a part of."""
    return None if whole == 0 else EXACT.divide(part, whole).quantize(DIGITS, ROUND_HALF_EVEN, EXACT)


@dataclass(frozen=True, slots=True)
class Hour:
    """Of one commitment, in one currency. committed: what the hour costs, upfront fees spread over the term. used: the part of it that covered
    usage. on_demand: what that usage costs without any commitment. units, used_units: a reservation's (normalised) unit-hours.
    """

    committed: Decimal
    used: Decimal
    on_demand: Decimal
    units: Decimal = ZERO
    used_units: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Use:
    """Sums over hours. idle_hours: hours in which something was left unused."""

    hours: int = 0
    idle_hours: int = 0
    committed: Decimal = ZERO
    used: Decimal = ZERO
    on_demand: Decimal = ZERO
    units: Decimal = ZERO
    used_units: Decimal = ZERO

    @property
    def unused(self) -> Decimal:
        """Money that was paid for nothing."""
        return EXACT.subtract(self.committed, self.used)

    @property
    def utilization(self) -> Decimal | None:
        """Of a plan: used / committed. Of a reservation whose units are known: used units / units."""
        return share(self.used_units, self.units) if self.units else share(self.used, self.committed)

    @property
    def net_saving(self) -> Decimal:
        """Against the same usage without the commitment; what lay idle is taken off."""
        return EXACT.subtract(self.on_demand, self.committed)

    def plus(self, hour: Hour) -> "Use":
        return Use(
            self.hours + 1,
            self.idle_hours + (hour.used < hour.committed or hour.used_units < hour.units),
            EXACT.add(self.committed, hour.committed),
            EXACT.add(self.used, hour.used),
            EXACT.add(self.on_demand, hour.on_demand),
            EXACT.add(self.units, hour.units),
            EXACT.add(self.used_units, hour.used_units),
        )


def add_hours(hours: Iterable[Hour]) -> Use:
    use = Use()
    for hour in hours:
        use = use.plus(hour)
    return use


@dataclass(frozen=True, slots=True)
class Coverage:
    """covered, uncovered: eligible usage at on-demand prices (or, of reservations, in normalised unit-hours)."""

    covered: Decimal
    uncovered: Decimal

    @property
    def total(self) -> Decimal:
        return EXACT.add(self.covered, self.uncovered)

    @property
    def ratio(self) -> Decimal | None:
        return share(self.covered, self.total)


def add_coverage(hours: Iterable[Coverage]) -> Coverage:
    """Sums first, then the ratio: a mean of hourly ratios would count a quiet hour as much as a busy one."""
    covered = uncovered = ZERO
    for hour in hours:
        covered, uncovered = EXACT.add(covered, hour.covered), EXACT.add(uncovered, hour.uncovered)
    return Coverage(covered, uncovered)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an effective savings rate is of. negotiated: whether discounts by contract count as savings (against list), or are in both sums.

    spot: whether spot usage, and so its discount, is in it.
    """

    services: tuple[str, ...]
    negotiated: bool
    spot: bool = False

    def __str__(self) -> str:
        """Said beside every rate."""
        named = ", ".join(self.services) or "every service"
        against = "list prices" if self.negotiated else "contracted prices"
        return f"{named}, {'with' if self.spot else 'without'} spot, against {against}, without tax, credits and purchases"


@dataclass(frozen=True, slots=True)
class SavingsRate:
    """effective: what was paid over time, idle commitment included. on_demand: the same usage without commitments and, by scope, contracts."""

    effective: Decimal
    on_demand: Decimal
    scope: Scope

    @property
    def rate(self) -> Decimal | None:
        """1 - effective / on demand; below zero where idle commitment costs more than the covered usage saves."""
        paid = share(self.effective, self.on_demand)
        return None if paid is None else 1 - paid

    @property
    def saved(self) -> Decimal:
        return EXACT.subtract(self.on_demand, self.effective)
