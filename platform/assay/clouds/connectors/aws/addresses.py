"""Public addresses that were reserved."""

from assay.clouds.connectors.aws.sessions import Clients, list_pages, read_tags
from assay.clouds.domain.inventory import Address, ResourceKey, ResourceKind
from assay.clouds.domain.refreshes import Refusal, Reported

ADDRESSES = "ec2:DescribeAddresses"


def list_addresses(clients: Clients, region: str) -> tuple[list[Reported], list[Refusal]]:
    """raises: Refused."""
    found = []
    for one in list_pages(clients.get("ec2", region), "describe_addresses", "Addresses", permission=ADDRESSES):
        tags = read_tags(one.get("Tags"))
        held = one.get("InstanceId") or one.get("NetworkInterfaceId") or one.get("AssociationId") or ""
        key = ResourceKey("aws", clients.account_id, region, ResourceKind.ADDRESS, one.get("AllocationId") or one["PublicIp"])
        details = Address(public_ip=one["PublicIp"], attached_to=held)
        found.append(Reported(key, details, "in-use" if held else "available", tags.get("Name", ""), tags))
    return found, []
