"""What a smaller machine saves a month, at the rate that is really paid and after what commitments cover."""

from dataclasses import dataclass
from decimal import Decimal

from assay.core.money import Money
from assay.recommendations.domain.facts import Quote, ResourceBill
from assay.recommendations.domain.found import HOURS_OF_A_MONTH, PriceSource, Saving

HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Paid:
    """What is paid for a machine now. running_share, running_days: share of all hours in which it runs, and of all days, in [0, 1].

    surplus: per month of 730 h, beside the hours.
    """

    quote: Quote
    running_share: float
    running_days: float
    bill: ResourceBill | None
    surplus: Decimal = Decimal(0)

    @property
    def listed(self) -> Decimal:
        """Per month, by the list, in the quote's currency."""
        return self.quote.per_hour.amount * self._hours + self.surplus

    @property
    def _hours(self) -> Decimal:
        return HOURS_OF_A_MONTH * Decimal(str(round(self.running_share, 6)))

    def listed_with(self, quote: Quote) -> Decimal:
        return quote.per_hour.amount * self._hours

    @property
    def billed(self) -> Money | None:
        """Per month without commitments, as the bill charged on the days that had a charge; None where no bill names the machine."""
        if self.bill is None or not self.bill.days:
            return None
        days_of_a_month = HOURS_OF_A_MONTH / HOURS_OF_A_DAY * Decimal(str(round(self.running_days, 6)))
        return self.bill.on_demand.times(days_of_a_month / self.bill.days)


def saving_with(paid: Paid, then: Quote) -> Saving:
    """By another machine for the same hours.

    Lists say by which share it is cheaper; the bill says of what: its amount without commitments, but no more than the list's, since it
    holds traffic as well. Hours that commitments cover are still paid after the change, so only the others are saved: `expected`, which is
    also the least; most is when others use what becomes free. Zero where it is dearer.
    """
    listed = paid.listed
    cheaper = Money(max(Decimal(0), listed - paid.listed_with(then)), paid.quote.per_hour.currency)
    billed = paid.billed
    if billed is None or paid.bill is None:
        return Saving.exactly(cheaper.times(Decimal(1)), paid.quote.source)
    by_list = billed.currency == cheaper.currency and billed.amount >= listed
    before = cheaper.times(Decimal(1))
    if not by_list:
        before = Money(max(Decimal(0), billed.amount), billed.currency).times(cheaper.amount / listed if listed else Decimal(0))
    uncovered = min(Decimal(1), max(Decimal(0), 1 - paid.bill.covered))
    after = before.times(uncovered)
    return Saving(after, after, before, before, paid.quote.source if by_list else PriceSource.BILL)


def extra_cost(paid: Paid, then: Quote) -> Money:
    """Per month by the list, of a machine that is dearer; below zero where it is cheaper."""
    return Money(paid.listed_with(then) - paid.listed, paid.quote.per_hour.currency).times(Decimal(1))
