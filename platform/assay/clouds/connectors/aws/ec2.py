"""Virtual machines."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from assay.clouds.connectors.aws.sessions import PAGE, Clients, Refused, list_pages, read_tags
from assay.clouds.domain.inventory import Instance, Manager, ResourceKey, ResourceKind
from assay.clouds.domain.platforms import name_platform
from assay.clouds.domain.refreshes import Refusal, Reported

INSTANCES, CREDITS = "ec2:DescribeInstances", "ec2:DescribeInstanceCreditSpecifications"
CREDITS_AT_ONCE = 100
BURSTABLE = re.compile(r"t\d")
TENANCY = {"default": "shared", "dedicated": "dedicated", "host": "host"}
STOPPED_AT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")
KUBERNETES = "kubernetes.io/cluster/"


def list_instances(clients: Clients, region: str) -> tuple[list[Reported], list[Refusal]]:
    """Those that were terminated are gone, though AWS tells of them for an hour. raises: Refused."""
    client = clients.get("ec2", region)
    reservations = list_pages(client, "describe_instances", "Reservations", permission=INSTANCES, page_size=PAGE)
    found = [one for reservation in reservations for one in reservation.get("Instances", ()) if _exists(one)]
    burstable = [one["InstanceId"] for one in found if BURSTABLE.match(one.get("InstanceType", "")) and not _is_spot(one)]
    try:
        unlimited, refusals = dict(_list_credits(client, burstable)), []
    except Refused as refused:
        unlimited, refusals = {}, [refused.refusal]
    return [_read(one, clients.account_id, region, unlimited) for one in found], refusals


def find_manager(tags: Mapping[str, str]) -> tuple[Manager, str]:
    """Who decides its size, by the tags that they put on their machines, and the group's name. The most special one counts."""
    if name := tags.get("aws:elasticmapreduce:job-flow-id"):
        return Manager.EMR, name
    if tags.get("Vendor") == "Databricks" or "DatabricksInstanceGroupId" in tags:
        return Manager.DATABRICKS, tags.get("ClusterId") or tags.get("DatabricksInstancePoolId", "")
    if name := tags.get("aws:batch:compute-environment") or tags.get("AWSBatchServiceTag"):
        return Manager.BATCH, name
    node_group = (
        tags.get("eks:nodegroup-name") or tags.get("karpenter.sh/nodepool") or tags.get("karpenter.sh/provisioner-name")
    )
    cluster = tags.get("eks:cluster-name") or tags.get("aws:eks:cluster-name") or _kubernetes_cluster(tags)
    if node_group or cluster:
        return Manager.EKS, "/".join(part for part in (cluster, node_group) if part)
    if name := tags.get("aws:autoscaling:groupName"):
        return Manager.AUTO_SCALING, name
    return Manager.NOBODY, ""


def _kubernetes_cluster(tags: Mapping[str, str]) -> str:
    return next((name.removeprefix(KUBERNETES) for name in sorted(tags) if name.startswith(KUBERNETES)), "")


def _exists(one: Mapping[str, Any]) -> bool:
    return bool(one.get("State", {}).get("Name") != "terminated")


def _is_spot(one: Mapping[str, Any]) -> bool:
    return bool(one.get("InstanceLifecycle") == "spot")


def _list_credits(client: Any, instance_ids: list[str]) -> Iterator[tuple[str, bool]]:
    """Burstable instance → whether it may go on beyond its credits, for money."""
    for at in range(0, len(instance_ids), CREDITS_AT_ONCE):
        asked = instance_ids[at : at + CREDITS_AT_ONCE]
        for one in list_pages(
            client,
            "describe_instance_credit_specifications",
            "InstanceCreditSpecifications",
            permission=CREDITS,
            InstanceIds=asked,
        ):
            yield one["InstanceId"], one.get("CpuCredits") == "unlimited"


def _read(one: Mapping[str, Any], account_id: str, region: str, unlimited: Mapping[str, bool]) -> Reported:
    tags = read_tags(one.get("Tags"))
    manager, group = find_manager(tags)
    interfaces = one.get("NetworkInterfaces", [])
    placement = one.get("Placement", {})
    state = one["State"]["Name"]
    launched = one.get("LaunchTime")
    details = Instance(
        instance_type=one["InstanceType"],
        lifecycle="spot" if _is_spot(one) else "on-demand",
        platform=name_platform(
            operation=one.get("UsageOperation", ""),
            details=one.get("PlatformDetails", ""),
            is_windows=one.get("Platform", "").lower() == "windows",
        ),
        tenancy=TENANCY.get(placement.get("Tenancy", "default"), "shared"),
        architecture=one.get("Architecture", "x86_64"),
        image_id=one.get("ImageId", ""),
        availability_zone=placement.get("AvailabilityZone", ""),
        root_device=one.get("RootDeviceType", "ebs"),
        manager=manager,
        group=group,
        launched_at=launched,
        unlimited_credits=unlimited.get(one["InstanceId"]),
        volume_ids=tuple(sorted(disk["Ebs"]["VolumeId"] for disk in one.get("BlockDeviceMappings", ()) if "Ebs" in disk)),
        network_interfaces=max(len(interfaces), 1),
        addresses=max((len(interface.get("PrivateIpAddresses", ())) for interface in interfaces), default=1) or 1,
    )
    key = ResourceKey("aws", account_id, region, ResourceKind.INSTANCE, one["InstanceId"])
    return Reported(key, details, state, tags.get("Name", ""), tags, _created_at(one), _state_since(state, one, launched))


def _created_at(one: Mapping[str, Any]) -> datetime | None:
    """A start after a stop renews LaunchTime; what was attached when it was made keeps its own time."""
    attached = [interface.get("Attachment", {}).get("AttachTime") for interface in one.get("NetworkInterfaces", ())]
    attached += [disk.get("Ebs", {}).get("AttachTime") for disk in one.get("BlockDeviceMappings", ())]
    times = [time for time in (*attached, one.get("LaunchTime")) if time is not None]
    return min(times, default=None)


def _state_since(state: str, one: Mapping[str, Any], launched: datetime | None) -> datetime | None:
    if state == "running":
        return launched
    said = STOPPED_AT.search(one.get("StateTransitionReason", ""))
    return datetime.strptime(said[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if said else None
