"""Exact money: a Decimal with its currency, and splits that lose nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

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


def to_quanta(amount: Decimal) -> int:
    """The amount as a whole number of quanta. raises: ValueError when it has more than 15 decimals."""
    quanta = EXACT.divide(amount, QUANTUM)
    if quanta != quanta.to_integral_value():
        raise ValueError(f"{amount} has more than 15 decimals")
    return int(quanta)


def from_quanta(quanta: int) -> Decimal:
    return EXACT.multiply(Decimal(quanta), QUANTUM)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole number in proportion to weights, by largest remainder.

    total: any sign. weights: none negative, sum above zero; any common unit.
    returns: one share per weight, in order; they sum to total exactly; each is within one of its
        proportion; equal remainders go to the earlier share; a weight of zero gets nothing.
    raises: ValueError when the weights are negative or sum to zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and must sum above zero")
    divided = [divmod(total * weight, whole) for weight in weights]
    shares = [share for share, _ in divided]
    missing = total - sum(shares)
    if missing:
        by_remainder = sorted(range(len(divided)), key=lambda i: divided[i][1], reverse=True)
        for position in by_remainder[:missing]:
            shares[position] += 1
    return shares


def split(total: Money, weights: Sequence[Decimal]) -> list[Money]:
    """Split an amount in proportion to weights, by largest remainder.

    total: any sign, at most 15 decimals. weights: none negative, sum above zero.
    returns: one share per weight, in order; they sum to total exactly; each is within one
        quantum (1e-15) of its proportion; equal remainders go to the earlier share.
    raises: ValueError when the weights are negative or sum to zero.
    """
    places = max((-int(weight.as_tuple().exponent) for weight in weights), default=0)
    whole_weights = [int(weight.scaleb(places, EXACT)) for weight in weights]
    return [Money(from_quanta(share), total.currency) for share in apportion(to_quanta(total.amount), whole_weights)]
