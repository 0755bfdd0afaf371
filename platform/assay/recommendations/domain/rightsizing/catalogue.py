"""The machine types of a region with what they cost, laid out so that thousands of machines are compared with all of them quickly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.clouds.domain.machine_types import MachineType
from assay.recommendations.domain.facts import Quote
from assay.recommendations.domain.rightsizing.compatibility import Change, Terms, compare
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities


@dataclass(frozen=True, slots=True)
class Priced:
    machine: MachineType
    quote: Quote


class Catalogue:
    """Types that have a price, the cheapest first; of one region, platform and tenancy. platform: as `Instance` has it."""

    def __init__(self, types: Sequence[MachineType], quote: Callable[[MachineType], Quote | None], *, platform: str) -> None:
        priced = [Priced(one, found) for one in types if (found := quote(one)) is not None]
        self.entries = sorted(priced, key=lambda one: (one.quote.per_hour.amount, one.machine.name))
        self.by_name = {one.machine.name: one for one in self.entries}
        self._platform = platform
        held = [capacities(one.machine) for one in self.entries]
        self._prices = np.array([float(one.quote.per_hour.amount) for one in self.entries])
        self._capacities: dict[Dimension, NDArray[np.float64]] = {
            dimension: np.array([np.nan if one[dimension] is None else one[dimension] for one in held], np.float64)
            for dimension in Dimension
        }
        self._changes: dict[tuple[str, str, Terms], Change] = {}

    def holding(self, least: dict[Dimension, float], *, below: float | None = None) -> list[Priced]:
        """Those that have at least so much of every dimension, the cheapest first; what is not known of a type counts as too little.

        below: price of an hour that they must stay under.
        """
        fits = np.ones(len(self.entries), np.bool_) if below is None else self._prices < below
        for dimension, amount in least.items():
            fits &= self._capacities[dimension] >= amount * (1 - 1e-9)
        return [self.entries[position] for position in np.flatnonzero(fits)]

    def change(self, now: MachineType, then: MachineType, terms: Terms) -> Change:
        key = (now.name, then.name, terms)
        found = self._changes.get(key)
        if found is None:
            found = self._changes[key] = compare(now, then, platform=self._platform, terms=terms)
        return found
