"""Exact money: a Decimal with its currency, and splits that lose nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext

QUANTUM = Decimal("1E-15")
"""Smallest amount that is stored: the scale of the lake's DECIMAL(33, 15)."""

EXACT = Context(prec=80)
"""Wide enough that sums and products of stored amounts are never rounded."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(EXACT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(EXACT.subtract(self.amount, other.amount), self.currency)

    def times(self, factor: Decimal) -> "Money":
        """Scaled and rounded half-even to the stored quantum."""
        with localcontext(EXACT):
            return Money((self.amount * factor).quantize(QUANTUM, ROUND_HALF_EVEN), self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")


def split(total: Money, weights: Sequence[Decimal]) -> list[Money]:
    """Split an amount in proportion to weights, by largest remainder.

    total: any sign, at most 15 decimals. weights: none negative, sum above zero.
    returns: one share per weight, in order; they sum to total exactly; each is within one
        quantum (1e-15) of its proportion; equal remainders go to the earlier share.
    raises: ValueError when the weights are negative or sum to zero.
    """
    with localcontext(EXACT):
        whole = sum(weights, Decimal(0))
        if whole <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights must not be negative and must sum above zero")
        ideal = [total.amount * weight / whole for weight in weights]
        shares = [share.quantize(QUANTUM, ROUND_FLOOR) for share in ideal]
        missing = int((total.amount - sum(shares, Decimal(0))) / QUANTUM)
        by_remainder = sorted(range(len(ideal)), key=lambda i: (shares[i] - ideal[i], i))
        for position in range(missing):
            shares[by_remainder[position % len(shares)]] += QUANTUM
    return [Money(share, total.currency) for share in shares]
