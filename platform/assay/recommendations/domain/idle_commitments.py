"""What can be done about a commitment that lies idle. Facts: AWS's user guides of reserved instances and of Savings Plans."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assay.core.money import EXACT
from assay.recommendations.domain.commitments import Use
from assay.recommendations.domain.found import HOURS_OF_A_MONTH
from assay.recommendations.domain.reserved_units import LINUX

ZERO = Decimal(0)


class Remedy(StrEnum):
    MODIFY = "modify"
    EXCHANGE = "exchange"
    SELL = "sell"
    EXCHANGE_OR_SELL = "exchange or sell"
    RETURN = "return"
    KEEP = "keep"


class Offering(StrEnum):
    """RESERVATION: of either class; bills do not tell which."""

    RESERVATION = "reservation"
    STANDARD = "standard"
    CONVERTIBLE = "convertible"
    SAVINGS_PLAN = "Savings Plan"


@dataclass(frozen=True, slots=True)
class Held:
    """A commitment that is owned. remaining_hours: of its term, None where nobody knows. age_hours: since it began, at least.

    same_family: uncovered on-demand usage of its family and region in other zones or sizes, per hour on average. elsewhere: of other families.
    """

    id: str
    offering: Offering
    use: Use
    per_hour: Decimal
    remaining_hours: int | None
    age_hours: int
    zonal: bool = False
    platform: str = LINUX
    same_family: Decimal = ZERO
    elsewhere: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Hint:
    """monthly: what lies idle in 730 hours. at_stake: until the term ends, if nothing changes; None where the end is unknown.

    reason: for a person.
    """

    remedy: Remedy
    monthly: Decimal
    at_stake: Decimal | None
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
    idle = EXACT.multiply(held.per_hour, 1 - used)
    at_stake = None if held.remaining_hours is None else EXACT.multiply(idle, Decimal(held.remaining_hours))
    return Hint(remedy, EXACT.multiply(idle, HOURS_OF_A_MONTH), at_stake, reason)


def _about_plan(held: Held) -> tuple[Remedy, str]:
    if held.age_hours < RETURN_HOURS and held.per_hour <= RETURN_PER_HOUR:
        return Remedy.RETURN, "It is less than seven days old: return it within the month of its purchase and buy less."
    return Remedy.KEEP, "Savings Plans can be neither changed nor sold: buy no other until it is used."


def _about_reservation(held: Held) -> tuple[Remedy, str]:
    if held.same_family > 0 and (held.zonal or held.platform == LINUX):
        how = "its scope to the region" if held.zonal else "its zone, scope or sizes to theirs"
        return Remedy.MODIFY, f"Machines of its family run on demand: modify {how}, which costs nothing."
    if held.offering is Offering.CONVERTIBLE and held.elsewhere > 0:
        return Remedy.EXCHANGE, "Machines of other families run on demand: exchange it for them at equal or higher value."
    if held.offering is Offering.CONVERTIBLE:
        return Remedy.KEEP, "Nothing that it could be exchanged for runs on demand, and convertible reservations are not sold."
    if held.offering is Offering.RESERVATION:
        return (
            Remedy.EXCHANGE_OR_SELL,
            "No machine of its family runs on demand: exchange it if it is convertible, sell it if it is standard.",
        )
    if held.age_hours >= SALE_AGE_HOURS and held.remaining_hours is not None and held.remaining_hours >= SALE_LEAST_HOURS:
        return Remedy.SELL, "Sell the idle part on the marketplace, which keeps 12 % of the price."
    return Remedy.KEEP, "It can be sold from its thirtieth day on, while a month of its term is left."
