"""What others would advise for a machine of a simulated fleet: rules alike to OptScale's and Compute Optimizer's, and an oracle."""

from collections.abc import Iterable

import numpy as np

from assay.clouds.domain.machine_types import MachineType
from assay.recommendations.domain.rightsizing.burstable import sustains
from assay.recommendations.domain.rightsizing.catalogue import Catalogue, Priced
from assay.recommendations.domain.rightsizing.compatibility import Terms
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities
from tests.benchmarks._fleets import PER_DAY, SEEN, STEP, Simulated, Values

BORDER = 0.8
PERCENTILE = 99.5


def cheapest(machine: Simulated, catalogue: Catalogue, types: Iterable[Priced], used: Values) -> Priced | None:
    """The first, the cheapest, that may take its place and lives on its credits."""
    for one in types:
        change = catalogue.change(machine.machine, one.machine, Terms())
        if not change.refusal and sustains(one.machine, used.astype(np.float32), STEP):
            return one
    return None


def _price(machine: Simulated, catalogue: Catalogue) -> float:
    return float(catalogue.by_name[machine.machine.name].quote.per_hour.amount)


def oracle(machine: Simulated, catalogue: Catalogue) -> Priced | None:
    """It knows the days to come; what is not measured stays as large for it as well."""
    return _by_percentile(machine, catalogue, slice(SEEN, None))


def like_compute_optimizer(machine: Simulated, catalogue: Catalogue) -> Priced | None:
    """P99.5 of 14 days and a fifth of headroom in every dimension; memory that is not measured stays."""
    return _by_percentile(machine, catalogue, slice(0, SEEN))


def _by_percentile(machine: Simulated, catalogue: Catalogue, days: slice) -> Priced | None:
    held = capacities(machine.machine)
    least = {}
    for dimension, demand in machine.demand.items():
        capacity = held[dimension] or 0.0
        asks = percentile(demand[days]) / BORDER
        keeps = dimension in machine.unmeasured
        felt = dimension in {Dimension.CPU, Dimension.MEMORY}
        least[dimension] = capacity if keeps else asks if felt else min(asks, capacity)
    fits = catalogue.holding(least, below=_price(machine, catalogue))
    return cheapest(machine, catalogue, fits, machine.average[Dimension.CPU][days])


def like_optscale(machine: Simulated, catalogue: Catalogue) -> Priced | None:
    """CPU alone: Q99 of the quarter-hour means of three days at most 80 %, the fewest vCPUs of the same family."""
    used = machine.average[Dimension.CPU][SEEN - 3 * PER_DAY : SEEN]
    used = used[~np.isnan(used)]
    if not len(used):
        return None
    quarters = used[: len(used) // 3 * 3].reshape(-1, 3).mean(axis=1)
    needed = np.ceil(np.percentile(quarters, 99) / BORDER)
    price = _price(machine, catalogue)
    fits = [
        one
        for one in catalogue.entries
        if one.machine.family == machine.machine.family
        and needed <= one.machine.vcpus < machine.machine.vcpus
        and float(one.quote.per_hour.amount) < price
    ]
    return min(fits, key=lambda one: one.machine.vcpus, default=None)


def percentile(demand: Values) -> float:
    known = demand[~np.isnan(demand)]
    return float(np.percentile(known, PERCENTILE)) if len(known) else 0.0


def breaches(machine: Simulated, new: MachineType) -> list[Dimension]:
    """Dimensions it has less of, of which the days to come ask for more than 80 % at P99.5; CPU too, where its credits do not suffice."""
    before, after = capacities(machine.machine), capacities(new)
    found = [
        dimension
        for dimension, demand in machine.demand.items()
        if (after[dimension] or 0.0) < (before[dimension] or 0.0)
        and percentile(demand[SEEN:]) > BORDER * (after[dimension] or 0.0)
    ]
    if Dimension.CPU not in found and not sustains(new, machine.average[Dimension.CPU][SEEN:].astype(np.float32), STEP):
        found.append(Dimension.CPU)
    return found
