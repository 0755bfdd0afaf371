"""How sure one can be of a machine's needs, and what makes it less so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from assay.clouds.domain.machine_types import MachineType
from assay.recommendations.domain.found import Confidence
from assay.recommendations.domain.rightsizing.dimensions import Dimension
from assay.recommendations.domain.rightsizing.window import Window

LEAST_MEASURED = timedelta(hours=30)
WELL_MEASURED = timedelta(days=7)
MONTH = timedelta(days=31)
ORDER = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)


@dataclass(frozen=True, slots=True)
class Doubt:
    """most: the confidence that this leaves."""

    most: Confidence
    why: str


def doubts(window: Window, known: Collection[Dimension], machine: MachineType) -> list[Doubt]:
    found = []
    if Dimension.MEMORY not in known:
        found.append(Doubt(Confidence.MEDIUM, "memory is not measured, so it is not made smaller"))
    missing = [one for one in (Dimension.NETWORK, Dimension.EBS_BANDWIDTH, Dimension.EBS_OPERATIONS) if one not in known]
    if missing:
        found.append(Doubt(Confidence.MEDIUM, f"{', '.join(missing)} not measured, so it is not made smaller"))
    if machine.gpus and not {Dimension.GPU, Dimension.GPU_MEMORY} <= set(known):
        found.append(Doubt(Confidence.MEDIUM, "GPUs are not measured, so they stay as they are"))
    if not window.turn_of_month and window.span < MONTH:
        found.append(
            Doubt(Confidence.MEDIUM, "the days looked at hold no turn of a month, so a job that runs then was not seen")
        )
    if not window.true_maxima:
        found.append(Doubt(Confidence.MEDIUM, "maxima are no higher than averages, so short bursts may be hidden"))
    if window.measured < WELL_MEASURED:
        hours = window.measured / timedelta(hours=1)
        found.append(Doubt(Confidence.LOW, f"only {hours:.0f} hours were measured"))
    return found


def confidence_of(found: Collection[Doubt]) -> Confidence:
    """Two doubts that each leave a medium one leave it; three leave a low one."""
    worst = max((ORDER.index(one.most) for one in found), default=0)
    return Confidence.LOW if len(found) >= 3 else ORDER[worst]
