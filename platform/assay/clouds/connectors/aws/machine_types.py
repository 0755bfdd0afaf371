"""What types of machines a region offers, and what they can do."""

from collections.abc import Mapping
from typing import Any

from assay.clouds.connectors.aws.sessions import Clients, list_pages
from assay.clouds.domain.burstables import find_baseline
from assay.clouds.domain.machine_types import Gpus, MachineType

TYPES = "ec2:DescribeInstanceTypes"
ARCHITECTURES = ("arm64", "x86_64")
ACCELERATORS = (("NeuronInfo", "NeuronDevices"), ("InferenceAcceleratorInfo", "Accelerators"), ("FpgaInfo", "Fpgas"))


def list_machine_types(clients: Clients, region: str) -> list[MachineType]:
    """Those that the region offers; others it does not tell of. raises: Refused."""
    found = list_pages(clients.get("ec2", region), "describe_instance_types", "InstanceTypes", permission=TYPES)
    return [_read(one) for one in found]


def _read(one: Mapping[str, Any]) -> MachineType:
    name = one["InstanceType"]
    burstable = bool(one.get("BurstablePerformanceSupported"))
    network, disks = one.get("NetworkInfo", {}), one.get("EbsInfo", {})
    optimized = disks.get("EbsOptimizedInfo", {})
    return MachineType(
        name=name,
        vcpus=one["VCpuInfo"]["DefaultVCpus"],
        memory_mib=one["MemoryInfo"]["SizeInMiB"],
        architecture=_architecture(one.get("ProcessorInfo", {}).get("SupportedArchitectures", ())),
        burstable=burstable,
        baseline_percent=find_baseline(name) if burstable else None,
        hypervisor=one.get("Hypervisor") or "nitro",
        bare_metal=bool(one.get("BareMetal")),
        current_generation=bool(one.get("CurrentGeneration", True)),
        gpus=_gpus(one.get("GpuInfo", {}).get("Gpus", ())),
        accelerators=_accelerators(one),
        instance_store_gb=one.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        network_baseline_mbps=_network_mbps(network.get("NetworkCards", ())),
        ebs_baseline_mbps=optimized.get("BaselineBandwidthInMbps"),
        ebs_baseline_iops=optimized.get("BaselineIops"),
        nvme=disks.get("NvmeSupport", "unsupported") != "unsupported",
        max_interfaces=network.get("MaximumNetworkInterfaces"),
        addresses_per_interface=network.get("Ipv4AddressesPerInterface"),
        max_volumes=disks.get("MaximumEbsAttachments"),
    )


def _architecture(supported: Any) -> str:
    return next((one for one in ARCHITECTURES if one in supported), next(iter(supported), "x86_64"))


def _gpus(gpus: Any) -> Gpus | None:
    """A part of one is told with a count of zero whole ones."""
    if not gpus:
        return None
    one = gpus[0]
    count = one.get("Count") or one.get("LogicalGpuCount") or 1
    return Gpus(one["Name"], count, one.get("MemoryInfo", {}).get("SizeInMiB", 0), one.get("GpuPartitionSize", 1.0))


def _accelerators(one: Mapping[str, Any]) -> str:
    for info, devices in ACCELERATORS:
        found = one.get(info, {}).get(devices)
        if found:
            return ", ".join(f"{device.get('Count', 1)} {device['Name']}" for device in found)
    return ""


def _network_mbps(cards: Any) -> float | None:
    known = [card["BaselineBandwidthInGbps"] for card in cards if "BaselineBandwidthInGbps" in card]
    return round(1_000 * sum(known), 3) if known else None
