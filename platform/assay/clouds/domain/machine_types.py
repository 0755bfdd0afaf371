"""What machine types can do, in the provider's units."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gpus:
    """count: whole accelerators; a fractional one counts 1 with partition < 1. memory_mib: of one accelerator (of the part that is given)."""

    name: str
    count: int
    memory_mib: int
    partition: float = 1.0


@dataclass(frozen=True, slots=True)
class MachineType:
    """baseline_percent: of all vCPUs together, what a burstable type may use for ever; None for others.

    network, ebs: what is sustained ("baseline"), not what is reached for half an hour a day. instance_store_gb: 0 where there is none.
    max_interfaces, addresses_per_interface, max_volumes: None where the provider does not say. max_volumes: those that can be attached
    beside one interface; on Nitro each further interface takes the place of one.
    """

    name: str
    vcpus: int
    memory_mib: int
    architecture: str = "x86_64"
    burstable: bool = False
    baseline_percent: float | None = None
    hypervisor: str = "nitro"
    bare_metal: bool = False
    current_generation: bool = True
    gpus: Gpus | None = None
    accelerators: str = ""
    instance_store_gb: int = 0
    network_baseline_mbps: float | None = None
    ebs_baseline_mbps: float | None = None
    ebs_baseline_iops: int | None = None
    nvme: bool = True
    max_interfaces: int | None = None
    addresses_per_interface: int | None = None
    max_volumes: int | None = None

    @property
    def family(self) -> str:
        """`m5` of m5.large, `db.r6g` of db.r6g.large."""
        return self.name.rpartition(".")[0]

    @property
    def size(self) -> str:
        return self.name.rpartition(".")[2]
