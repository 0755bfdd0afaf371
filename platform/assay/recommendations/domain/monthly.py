"""Savings per month out of what the bill charged."""

from decimal import Decimal

from assay.core.money import EXACT, Money
from assay.recommendations.domain.facts import Quote, ResourceBill
from assay.recommendations.domain.found import HOURS_OF_A_MONTH, PriceSource, Saving

DAYS_OF_A_MONTH = HOURS_OF_A_MONTH / 24


def saving_of_all(bill: ResourceBill | None, *, days: int, currency: str, quote: Quote | None = None) -> Saving:
    """What is saved when a resource exists no longer.

    bill: of at most the latest `days` days. Without one the quote counts, and without that the saving is unknown. What commitments
    cover is paid on: it saves nothing (expected) unless something else uses the commitment (most). expected: as on the days on which it was charged; least: as over all days asked for, for what is
    not always on.
    """
    if bill is not None and bill.days:
        whole = bill.on_demand.times(EXACT.divide(DAYS_OF_A_MONTH, Decimal(bill.days)))
        uncovered = whole.times(1 - bill.covered)
        if uncovered.amount >= 0:
            least = uncovered.times(EXACT.divide(Decimal(min(bill.days, days)), Decimal(days)))
            return Saving(least, uncovered, _larger(whole, uncovered), whole, PriceSource.BILL)
    if quote is not None:
        return Saving.exactly(quote.per_hour.times(HOURS_OF_A_MONTH), quote.source)
    return Saving.exactly(Money(Decimal(0), currency), PriceSource.UNKNOWN)


def add_savings(savings: list[Saving], currency: str) -> Saving:
    """Of several things that go together; unknown when any of them is."""
    total = Saving.exactly(Money(Decimal(0), currency), PriceSource.BILL)
    for one in savings:
        total = Saving(
            total.least + one.least,
            total.expected + one.expected,
            total.most + one.most,
            total.before_commitments + one.before_commitments,
            one.source if one.source is PriceSource.UNKNOWN else total.source,
        )
    return total


def _larger(one: Money, other: Money) -> Money:
    return one if one.amount >= other.amount else other
