"""Whether a machine can take another's place, and what changes when it does."""

from dataclasses import dataclass

from assay.clouds.domain.inventory import Instance
from assay.clouds.domain.machine_types import Gpus, MachineType
from assay.recommendations.domain.found import Effort
from assay.recommendations.domain.rightsizing.families import refuse_family

ARM_PLATFORMS = frozenset({"linux", "rhel", "rhel-byol", "suse", "ubuntu-pro"})
"""Of clouds.domain.platforms; SQL Server and Windows run on x86_64 alone."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the owner allows. other_architecture: images are rebuilt. smaller_store: a smaller instance store will do.

    managed: the provider runs what is on it, so that drivers, device names and images are its own care.
    """

    other_architecture: bool = True
    smaller_store: bool = True
    gpus_unused: bool = False
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """refusal: why not; empty where it can be done. differences: what changes besides size, in words."""

    refusal: str = ""
    differences: tuple[str, ...] = ()
    effort: Effort = Effort.VERY_LOW


def compare(now: MachineType, then: MachineType, *, platform: str, terms: Terms) -> Change:
    """By what types say; `refuse_attachments` looks at what the machine itself holds."""
    refusal = (
        _refuse_kind(now, then)
        or _refuse_architecture(now, then, platform, terms)
        or _refuse_accelerators(now, then, terms)
        or _refuse_store(now, then, terms)
        or refuse_family(now, then)
    )
    if refusal:
        return Change(refusal)
    differences: list[str] = []
    effort = Effort.VERY_LOW
    if now.hypervisor != then.hypervisor and not terms.managed:
        differences.append(f"hypervisor {now.hypervisor} becomes {then.hypervisor}: the image needs ENA and NVMe drivers")
        effort = Effort.LOW
    if now.nvme != then.nvme and not terms.managed:
        differences.append(
            "volumes appear under NVMe's device names" if then.nvme else "volumes no longer have NVMe's device names"
        )
        effort = Effort.LOW
    if then.burstable and not now.burstable:
        differences.append(
            f"burstable: {then.baseline_percent:g} % of its CPU for ever, more by credits; set credits to standard"
        )
    if then.instance_store_gb < now.instance_store_gb:
        differences.append(f"instance store {now.instance_store_gb} GB becomes {then.instance_store_gb} GB")
        effort = Effort.LOW
    if now.instance_store_gb:
        differences.append("what is on the instance store is lost at the stop")
    if now.current_generation and not then.current_generation:
        differences.append(f"{then.family} is of a previous generation")
    if now.architecture != then.architecture:
        care = "the provider sees to it" if terms.managed else "programs and image must be made for it"
        differences.append(f"architecture {now.architecture} becomes {then.architecture}: {care}")
        effort = Effort.LOW if terms.managed else Effort.MEDIUM
    if _count(now.gpus) != _count(then.gpus):
        differences.append(
            f"{_count(now.gpus):g} GPUs become {_count(then.gpus):g}: the work must be set up for that, and links between GPUs go"
        )
        effort = Effort.HIGH
    return Change("", tuple(differences), effort)


def _refuse_kind(now: MachineType, then: MachineType) -> str:
    if then.name == now.name:
        return "it is the same type"
    if then.bare_metal != now.bare_metal:
        return "one is bare metal and the other is not"
    if then.burstable and then.baseline_percent is None:
        return "nobody knows what it may use for ever"
    return ""


def _refuse_architecture(now: MachineType, then: MachineType, platform: str, terms: Terms) -> str:
    if now.architecture == then.architecture:
        return ""
    if not terms.other_architecture:
        return "another architecture is not allowed by the options"
    if platform not in ARM_PLATFORMS:
        return f"{platform} does not run on {then.architecture}"
    return ""


def _refuse_accelerators(now: MachineType, then: MachineType, terms: Terms) -> str:
    """GPUs of another kind are never taken for each other: use in percent says nothing of their speed."""
    if now.accelerators != then.accelerators:
        return "it has other accelerators"
    if terms.gpus_unused and then.gpus is None:
        return ""
    here, there = (one.gpus.name if one.gpus else None for one in (now, then))
    if here != there:
        return "it has other GPUs" if here and there else "it has no GPU" if here else "it has GPUs that nobody asked for"
    return ""


def _refuse_store(now: MachineType, then: MachineType, terms: Terms) -> str:
    if then.instance_store_gb >= now.instance_store_gb:
        return ""
    if not then.instance_store_gb:
        return "it has no instance store"
    return "" if terms.smaller_store else "its instance store is smaller, which the options do not allow"


def _count(gpus: Gpus | None) -> float:
    return gpus.count * gpus.partition if gpus else 0.0


def refuse_attachments(instance: Instance, then: MachineType) -> str:
    """Whether its interfaces, addresses and volumes find a place; a limit that nobody knows refuses nothing."""
    interfaces = instance.network_interfaces
    if then.max_interfaces is not None and interfaces > then.max_interfaces:
        return f"it takes {then.max_interfaces} interfaces of {interfaces}"
    if then.addresses_per_interface is not None and instance.addresses > interfaces * then.addresses_per_interface:
        return f"it takes {interfaces * then.addresses_per_interface} addresses of {instance.addresses}"
    places = None if then.max_volumes is None else then.max_volumes - (interfaces - 1)
    if places is not None and len(instance.volume_ids) > places:
        return f"it takes {places} volumes of {len(instance.volume_ids)}"
    return ""
