"""What a parameter may be: the dimensions of a search space."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

ParamValue = str | int | float | bool
Params = Mapping[str, ParamValue]


@dataclass(frozen=True, slots=True)
class Uniform:
    """Any number of [low, high], all equally likely."""

    low: float
    high: float

    def clip(self, value: float) -> float:
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class LogUniform:
    """Any number of [low, high], low above zero, all orders of magnitude equally likely."""

    low: float
    high: float

    @property
    def log_low(self) -> float:
        return math.log(self.low)

    @property
    def log_high(self) -> float:
        return math.log(self.high)

    def clip(self, value: float) -> float:
        """Rounding in exp(log(x)) may leave the interval by the last digit."""
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class Quantized:
    """The multiples of `step` in [low, high], all equally likely; searched as their whole-number factors."""

    low: float
    high: float
    step: float

    @property
    def first(self) -> int:
        return math.ceil(_exact(self.low) / _exact(self.step))

    @property
    def last(self) -> int:
        return math.floor(_exact(self.high) / _exact(self.step))

    def at(self, factor: int) -> float:
        return float(_exact(self.step) * min(max(factor, self.first), self.last))

    def factor(self, value: float) -> int:
        return round(_exact(value) / _exact(self.step))


@dataclass(frozen=True, slots=True)
class Integer:
    """The whole numbers of [low, high], all equally likely, neighbours alike."""

    low: int
    high: int

    def clip(self, value: float) -> int:
        return min(max(round(value), self.low), self.high)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values, without any order between them."""

    values: tuple[ParamValue, ...]

    def position(self, value: ParamValue) -> int:
        """1, 1.0 and True are different values, though Python says they are equal; 1e20 comes back from a row as an int."""
        equal = [i for i, known in enumerate(self.values) if known == value]
        return next((i for i in equal if type(self.values[i]) is type(value)), equal[0])


Dimension = Uniform | LogUniform | Quantized | Integer | Choice
Space = Mapping[str, Dimension]


def restore_params(space: Space, stored: Params) -> Params:
    """Params as they were suggested: JSON keeps 1e20 as a whole number."""
    return {name: _restore(dimension, stored[name]) for name, dimension in space.items()}


def _restore(dimension: Dimension, value: ParamValue) -> ParamValue:
    match dimension:
        case Choice(values):
            return values[dimension.position(value)]
        case Integer():
            return int(value)
        case _:
            return float(value)


def _exact(value: float) -> Decimal:
    """The decimal that people wrote, not its binary neighbour: 3 * 0.1 is 0.3."""
    return Decimal(repr(value))
