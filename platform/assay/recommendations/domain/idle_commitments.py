"""What can be done about a commitment that lies idle. Facts: AWS's user guides of reserved instances and of Savings Plans."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assay.core.money import EXACT
from assay.recommendations.domain.commitments import Use
from assay.recommendations.domain.reserved_units import LINUX

ZERO = Decimal(0)


class Remedy(StrEnum):
    MODIFY = "modify"
    EXCHANGE = "exchange"
    SELL = "sell"
    RETURN = "return"
    KEEP = "keep"


class Offering(StrEnum):
    STANDARD = "standard"
    CONVERTIBLE = "convertible"
    SAVINGS_PLAN = "Savings Plan"


@dataclass(frozen=True, slots=True)
class Held:
    """A commitment that is owned. remaining_hours: of its term. age_hours: since it began. zonal: bound to one zone.

    same_family: uncovered on-demand usage of its family and region in other zones or sizes, per hour on average. elsewhere: of other families.
    """

    id: str
    offering: Offering
    use: Use
    per_hour: Decimal
    remaining_hours: int
    age_hours: int
    zonal: bool = False
    platform: str = LINUX
    same_family: Decimal = ZERO
    elsewhere: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Hint:
    """at_stake: what will lie idle until the term ends if nothing changes. reason: for a person."""

    remedy: Remedy
    at_stake: Decimal
    reason: str


IDLE_FROM = Decimal("0.2")
"""Less idleness than this share is left alone."""
RETURN_HOURS = 7 * 24
RETURN_PER_HOUR = Decimal(100)
SALE_AGE_HOURS = 30 * 24
SALE_LEAST_HOURS = 30 * 24


def hint(held: Held) -> Hint | None:
    """What costs least to do about idleness; None where it is well used.

    Modification is free, an exchange must not lower the remaining value, a sale costs the marketplace's fee; a Savings Plan can only be
    returned, within seven days and up to 100 an hour.
    """
    used = held.use.utilization
    if used is None or 1 - used < IDLE_FROM:
        return None
    remedy, reason = _about_plan(held) if held.offering is Offering.SAVINGS_PLAN else _about_reservation(held)
    per_hour = EXACT.multiply(held.per_hour, 1 - used)
    return Hint(remedy, EXACT.multiply(per_hour, Decimal(held.remaining_hours)), reason)


def _about_plan(held: Held) -> tuple[Remedy, str]:
    if held.age_hours < RETURN_HOURS and held.per_hour <= RETURN_PER_HOUR:
        return Remedy.RETURN, "It is less than seven days old: return it within the month of its purchase and buy less."
    return Remedy.KEEP, "Savings Plans can be neither changed nor sold: buy no other until it is used."


def _about_reservation(held: Held) -> tuple[Remedy, str]:
    if held.same_family > 0 and (held.zonal or held.platform == LINUX):
        how = "to its region" if held.zonal else "to the sizes that run"
        return Remedy.MODIFY, f"Machines of its family run on demand: modify it {how}, which costs nothing."
    if held.offering is Offering.CONVERTIBLE and held.elsewhere > 0:
        return Remedy.EXCHANGE, "Machines of other families run on demand: exchange it for them at equal or higher value."
    if held.offering is Offering.CONVERTIBLE:
        return Remedy.KEEP, "Nothing that it could be exchanged for runs on demand, and convertible reservations are not sold."
    if held.age_hours >= SALE_AGE_HOURS and held.remaining_hours >= SALE_LEAST_HOURS:
        return Remedy.SELL, "Sell the idle part on the marketplace, which keeps 12 % of the price."
    return Remedy.KEEP, "It can be sold from its thirtieth day on, while a month of its term is left."
