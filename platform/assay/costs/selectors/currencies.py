"""The one currency of an answer: sums never mix them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any


def pick_currency(home: str, rows: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """rows: with `currency` and `charges`. returns: the one to show, and the others."""
    charges: dict[str, int] = defaultdict(int)
    for row in rows:
        charges[str(row["currency"])] += row["charges"]
    currency = home if home in charges or not charges else max(sorted(charges), key=lambda name: charges[name])
    return currency, tuple(sorted(set(charges) - {currency}))
