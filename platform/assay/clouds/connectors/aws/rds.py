"""Databases of RDS and Aurora."""

from collections.abc import Mapping
from typing import Any

from assay.clouds.connectors.aws.sessions import Clients, list_pages, read_tags
from assay.clouds.domain.inventory import Database, ResourceKey, ResourceKind
from assay.clouds.domain.refreshes import Refusal, Reported

DATABASES = "rds:DescribeDBInstances"


def list_databases(clients: Clients, region: str) -> tuple[list[Reported], list[Refusal]]:
    """raises: Refused."""
    pages = list_pages(clients.get("rds", region), "describe_db_instances", "DBInstances", permission=DATABASES)
    return [_read(one, clients.account_id, region) for one in pages], []


def _read(one: Mapping[str, Any], account_id: str, region: str) -> Reported:
    details = Database(
        instance_class=one["DBInstanceClass"],
        engine=one.get("Engine", ""),
        storage_gib=one.get("AllocatedStorage") or 0,
        multi_az=bool(one.get("MultiAZ")),
        licence=one.get("LicenseModel") or "",
        storage_type=one.get("StorageType") or "",
        iops=one.get("Iops"),
        replica_of=one.get("ReadReplicaSourceDBInstanceIdentifier") or "",
        cluster_id=one.get("DBClusterIdentifier") or "",
    )
    key = ResourceKey("aws", account_id, region, ResourceKind.DATABASE, one["DBInstanceArn"])
    name = one["DBInstanceIdentifier"]
    return Reported(
        key, details, one.get("DBInstanceStatus", ""), name, read_tags(one.get("TagList")), one.get("InstanceCreateTime")
    )
