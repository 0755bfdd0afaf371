"""Tables of connections and of what is held in clouds."""

from assay.clouds.models.connections import AwsConnection
from assay.clouds.models.inventory import CloudResource, InventoryCall, InventoryRefresh, ResourceChange
from assay.clouds.models.lists import FetchedMachineType, FetchedPrice
from assay.clouds.models.utilization import UtilizationDay

__all__ = [
    "AwsConnection",
    "CloudResource",
    "FetchedMachineType",
    "FetchedPrice",
    "InventoryCall",
    "InventoryRefresh",
    "ResourceChange",
    "UtilizationDay",
]
