"""What a machine has and work needs, each in one absolute unit, so that machines of any size compare."""

from collections.abc import Mapping
from enum import StrEnum

from assay.clouds.domain.machine_types import MachineType


class Dimension(StrEnum):
    CPU = "CPU"
    MEMORY = "memory"
    NETWORK = "network"
    EBS_BANDWIDTH = "EBS bandwidth"
    EBS_OPERATIONS = "EBS operations"
    GPU = "GPU"
    GPU_MEMORY = "GPU memory"


UNITS: Mapping[Dimension, str] = {
    Dimension.CPU: "vCPUs",
    Dimension.MEMORY: "GiB",
    Dimension.NETWORK: "Mbit/s",
    Dimension.EBS_BANDWIDTH: "Mbit/s",
    Dimension.EBS_OPERATIONS: "operations/s",
    Dimension.GPU: "GPUs",
    Dimension.GPU_MEMORY: "GiB",
}


def capacities(machine: MachineType) -> dict[Dimension, float | None]:
    """What it sustains; None where that is not known. Of GPUs all together, and 0 where there are none."""
    gpus = machine.gpus
    return {
        Dimension.CPU: float(machine.vcpus),
        Dimension.MEMORY: machine.memory_mib / 1024,
        Dimension.NETWORK: machine.network_baseline_mbps,
        Dimension.EBS_BANDWIDTH: machine.ebs_baseline_mbps,
        Dimension.EBS_OPERATIONS: None if machine.ebs_baseline_iops is None else float(machine.ebs_baseline_iops),
        Dimension.GPU: gpus.count * gpus.partition if gpus else 0.0,
        Dimension.GPU_MEMORY: gpus.count * gpus.memory_mib / 1024 if gpus else 0.0,
    }
