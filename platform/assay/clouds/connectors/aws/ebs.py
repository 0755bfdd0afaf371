"""Volumes and their snapshots."""

from collections.abc import Mapping
from typing import Any

from assay.clouds.connectors.aws.sessions import PAGE, Clients, list_pages, read_tags
from assay.clouds.domain.inventory import ResourceKey, ResourceKind, Snapshot, Volume
from assay.clouds.domain.refreshes import Refusal, Reported

VOLUMES, SNAPSHOTS = "ec2:DescribeVolumes", "ec2:DescribeSnapshots"


def list_volumes(clients: Clients, region: str) -> tuple[list[Reported], list[Refusal]]:
    """raises: Refused."""
    pages = list_pages(clients.get("ec2", region), "describe_volumes", "Volumes", permission=VOLUMES, page_size=PAGE)
    return [_read_volume(one, clients.account_id, region) for one in pages], []


def list_snapshots(clients: Clients, region: str) -> tuple[list[Reported], list[Refusal]]:
    """The account's own. raises: Refused."""
    client = clients.get("ec2", region)
    pages = list_pages(client, "describe_snapshots", "Snapshots", permission=SNAPSHOTS, page_size=PAGE, OwnerIds=["self"])
    return [_read_snapshot(one, clients.account_id, region) for one in pages], []


def _read_volume(one: Mapping[str, Any], account_id: str, region: str) -> Reported:
    tags = read_tags(one.get("Tags"))
    details = Volume(
        volume_type=one.get("VolumeType", "standard"),
        size_gib=one["Size"],
        iops=one.get("Iops"),
        throughput_mibps=one.get("Throughput"),
        attached_to=tuple(sorted(held["InstanceId"] for held in one.get("Attachments", ()) if held.get("InstanceId"))),
        snapshot_id=one.get("SnapshotId") or "",
        encrypted=bool(one.get("Encrypted")),
    )
    key = ResourceKey("aws", account_id, region, ResourceKind.VOLUME, one["VolumeId"])
    return Reported(key, details, one.get("State", ""), tags.get("Name", ""), tags, one.get("CreateTime"))


def _read_snapshot(one: Mapping[str, Any], account_id: str, region: str) -> Reported:
    tags = read_tags(one.get("Tags"))
    details = Snapshot(
        volume_id=one.get("VolumeId", ""),
        size_gib=one["VolumeSize"],
        description=one.get("Description", ""),
        tier=one.get("StorageTier", "standard"),
    )
    key = ResourceKey("aws", account_id, region, ResourceKind.SNAPSHOT, one["SnapshotId"])
    return Reported(key, details, one.get("State", ""), tags.get("Name", ""), tags, one.get("StartTime"))
