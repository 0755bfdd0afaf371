"""A run's dollars over its time, as if they were spent evenly."""

from datetime import datetime, timedelta
from decimal import Decimal

from assay.core.money import EXACT, Money
from assay.costs.domain.run_costs import RunCostView

SHORTEST = timedelta(seconds=1)


def hourly_rate(cost: RunCostView, *, started_at: datetime, until: datetime) -> Money | None:
    """Dollars an hour between start and `until`; None without an amount, or before a second has passed."""
    if cost.amount is None or cost.currency is None or until - started_at < SHORTEST:
        return None
    hours = Decimal((until - started_at) // timedelta(milliseconds=1)) / 3_600_000
    return Money(EXACT.divide(cost.amount, hours), cost.currency)
