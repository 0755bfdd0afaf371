"""Whose decision the size of a machine is."""

from assay.clouds.domain.inventory import Instance, Manager


def size_is_anothers(instance: Instance) -> bool:
    """Spot machines, members of groups and clusters, machines on dedicated hosts, and those whose root volume would be lost at a stop."""
    return (
        instance.lifecycle == "spot"
        or instance.manager is not Manager.NOBODY
        or instance.tenancy == "host"
        or instance.root_device == "instance-store"
    )
