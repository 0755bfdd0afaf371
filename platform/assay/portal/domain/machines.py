"""What a run's tags say about the machine, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "assay.compute."
FACTS = {
    "instance_type": "Type",
    "provider": "Provider",
    "resource_id": "Resource",
    "region": "Region",
    "zone": "Zone",
    "lifecycle": "Lifecycle",
    "account_id": "Account",
    "host": "Host",
    "cluster_id": "Cluster",
    "job_run_id": "Job run",
}


@dataclass(frozen=True, slots=True)
class MachineLabel:
    """label: empty when nothing is known. facts: (name, value) pairs."""

    label: str
    place: str
    facts: tuple[tuple[str, str], ...]


def label_machine(tags: Mapping[str, str]) -> MachineLabel:
    facts = tuple((name, tags[PREFIX + key]) for key, name in FACTS.items() if tags.get(PREFIX + key))
    label = next((tags[PREFIX + key] for key in ("instance_type", "host", "resource_id") if tags.get(PREFIX + key)), "")
    place = ", ".join(tags[PREFIX + key] for key in ("region", "lifecycle") if tags.get(PREFIX + key))
    return MachineLabel(label, place, facts)
