"""Addresses of resources in the provider's console."""

from urllib.parse import quote

from assay.clouds.domain.inventory import ResourceKey, ResourceKind

_PLACES = {
    ResourceKind.INSTANCE: "ec2/home?region={region}#InstanceDetails:instanceId={id}",
    ResourceKind.VOLUME: "ec2/home?region={region}#VolumeDetails:volumeId={id}",
    ResourceKind.ADDRESS: "ec2/home?region={region}#ElasticIpDetails:AllocationId={id}",
    ResourceKind.SNAPSHOT: "ec2/home?region={region}#SnapshotDetails:snapshotId={id}",
    ResourceKind.IMAGE: "ec2/home?region={region}#ImageDetails:imageId={id}",
    ResourceKind.DATABASE: "rds/home?region={region}#database:id={id};is-cluster=false",
}


def console_address(resource: ResourceKey) -> str:
    """Of AWS; empty for another provider."""
    if resource.provider != "aws":
        return ""
    place = _PLACES[resource.kind].format(region=quote(resource.region, safe=""), id=quote(resource.native_id, safe=""))
    return f"https://{quote(resource.region, safe='')}.console.aws.amazon.com/{place}"
