"""How much room a machine keeps: the preferences that Compute Optimizer offers, by its names."""

from collections.abc import Mapping
from dataclasses import dataclass

from assay.recommendations.domain.rightsizing.dimensions import Dimension


@dataclass(frozen=True, slots=True)
class Preset:
    """percentile: of five-minute maxima, in (0, 100]. Headrooms: share of the new machine's capacity that stays free, in [0, 1).

    cpu_headroom holds for network, disk and GPU as well; GPU memory keeps memory's.
    """

    percentile: float
    cpu_headroom: float
    memory_headroom: float

    def headroom(self, dimension: Dimension) -> float:
        memory = dimension in {Dimension.MEMORY, Dimension.GPU_MEMORY}
        return self.memory_headroom if memory else self.cpu_headroom


PRESETS: Mapping[str, Preset] = {
    "maximum savings": Preset(90, 0.0, 0.1),
    "balanced": Preset(95, 0.3, 0.3),
    "default": Preset(99.5, 0.2, 0.2),
    "maximum performance": Preset(99.5, 0.3, 0.3),
}
