"""Images of machines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assay.clouds.connectors.aws.sessions import PAGE, Clients, list_pages, read_tags
from assay.clouds.domain.inventory import Image, ResourceKey, ResourceKind
from assay.clouds.domain.platforms import name_platform
from assay.clouds.domain.refreshes import Refusal, Reported

IMAGES = "ec2:DescribeImages"


def list_images(clients: Clients, region: str) -> tuple[list[Reported], list[Refusal]]:
    """The account's own, also disabled ones. raises: Refused."""
    client = clients.get("ec2", region)
    pages = list_pages(
        client, "describe_images", "Images", permission=IMAGES, page_size=PAGE, Owners=["self"], IncludeDisabled=True
    )
    return [_read(one, clients.account_id, region) for one in pages], []


def _read(one: Mapping[str, Any], account_id: str, region: str) -> Reported:
    tags = read_tags(one.get("Tags"))
    disks = one.get("BlockDeviceMappings", ())
    details = Image(
        snapshot_ids=tuple(sorted(disk["Ebs"]["SnapshotId"] for disk in disks if disk.get("Ebs", {}).get("SnapshotId"))),
        architecture=one.get("Architecture", "x86_64"),
        platform=name_platform(
            operation=one.get("UsageOperation", ""),
            details=one.get("PlatformDetails", ""),
            is_windows=one.get("Platform", "").lower() == "windows",
        ),
        last_launched_at=read_time(one.get("LastLaunchedTime")),
    )
    key = ResourceKey("aws", account_id, region, ResourceKind.IMAGE, one["ImageId"])
    name = one.get("Name") or tags.get("Name", "")
    return Reported(key, details, one.get("State", ""), name, tags, read_time(one.get("CreationDate")))


def read_time(text: str | None) -> datetime | None:
    """Images alone write times as text."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
