"""What a better metric cost: dollars for each point by which a run beats the first run of its experiment."""

import math
from decimal import Decimal

from assay.core.money import Money
from assay.costs.domain.run_costs import RunCostView
from assay.tracking.domain.groups import Goal

POINT = 0.01
FALLING = ("loss", "error", "err", "rmse", "mse", "mae", "mape", "perplexity", "latency", "seconds", "wer", "cer", "fid")


def guess_goal(metric: str) -> Goal:
    """By the metric's name, as people use them: losses and errors fall."""
    words = metric.lower().replace("/", "_").replace("-", "_").replace(".", "_").split("_")
    return Goal.MINIMIZE if any(word in FALLING or word.endswith("loss") for word in words) else Goal.MAXIMIZE


def price_point(cost: RunCostView, value: float | None, *, first: float | None, goal: Goal) -> Money | None:
    """Dollars for a hundredth of the metric gained over the first run; None when nothing was gained or no cost is known."""
    if cost.amount is None or cost.currency is None or value is None or first is None:
        return None
    gained = (value - first if goal is Goal.MAXIMIZE else first - value) / POINT
    if not math.isfinite(gained) or gained <= 0:
        return None
    return Money(cost.amount / Decimal(repr(gained)), cost.currency)
