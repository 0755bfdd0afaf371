"""How much of a thing is used in one charge period."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Protocol

from assay_client.demo.bill.periods import Month


class Quantity(Protocol):
    def draw(self, chance: Random, month: Month) -> Decimal:
        """Exact, not negative."""


@dataclass(frozen=True, slots=True)
class Constant:
    amount: Decimal

    def draw(self, chance: Random, month: Month) -> Decimal:
        return self.amount


@dataclass(frozen=True, slots=True)
class Between:
    """Evenly from low up to high, in steps of 10 ** -places."""

    low: int
    high: int
    places: int = 0

    def draw(self, chance: Random, month: Month) -> Decimal:
        steps = (self.high - self.low) * 10**self.places + 1
        return Decimal(self.low * 10**self.places + int(chance.random() * steps)).scaleb(-self.places)


@dataclass(frozen=True, slots=True)
class DailyGigabyteMonths:
    """A day's part of a month of storage that holds between low and high gigabytes."""

    low: int
    high: int

    def draw(self, chance: Random, month: Month) -> Decimal:
        gigabytes = self.low + int(chance.random() * (self.high - self.low + 1))
        return Decimal(gigabytes * 24 * 10**9 // month.hours).scaleb(-9)


@dataclass(frozen=True, slots=True)
class PercentOf:
    """Evenly from low to high percent of an amount, in steps of a hundredth of a percent."""

    amount: Decimal
    low: int
    high: int

    def draw(self, chance: Random, month: Month) -> Decimal:
        return self.amount * Between(self.low, self.high, 2).draw(chance, month).scaleb(-2)


ONE_HOUR = Constant(Decimal(1))
