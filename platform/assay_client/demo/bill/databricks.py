"""What Databricks charges for: DBU of clusters and warehouses, by an invoice of its own.

Unit prices: public list prices of the Premium plan on AWS in US East, USD per DBU, 2026.
"""

import json
from decimal import Decimal

from assay_client.demo.bill.issuers import DATABRICKS, WORKSPACE
from assay_client.demo.bill.lines import Item, Line
from assay_client.demo.bill.periods import Cadence
from assay_client.demo.bill.quantities import Between

ANALYTICS = ("Analytics", "Data Processing")
JOBS, ALL_PURPOSE, WAREHOUSE = "Databricks Jobs Compute", "Databricks All-Purpose Compute", "Databricks SQL"
DBU_PRICES = {JOBS: Decimal("0.15"), ALL_PURPOSE: Decimal("0.55"), WAREHOUSE: Decimal("0.70")}


def jobs_cluster(cluster_id: str, name: str, *, team: str, project: str) -> Line:
    return _line(JOBS, (cluster_id, name, "Cluster"), Cadence.NIGHTLY, Between(8, 31, 3), {"project": project, "team": team})


def shared_cluster(cluster_id: str, name: str, *, team: str) -> Line:
    return _line(ALL_PURPOSE, (cluster_id, name, "Cluster"), Cadence.OFFICE, Between(2, 12, 3), {"team": team})


def warehouse(warehouse_id: str, name: str, *, team: str) -> Line:
    return _line(WAREHOUSE, (warehouse_id, name, "SQL Warehouse"), Cadence.OFFICE, Between(1, 9, 3), {"team": team})


def _line(service: str, resource: tuple[str, str, str], cadence: Cadence, units: Between, tags: dict[str, str]) -> Line:
    price = DBU_PRICES[service]
    columns = {
        **DATABRICKS,
        **WORKSPACE.columns(),
        **dict(zip(("ServiceCategory", "ServiceSubcategory"), ANALYTICS, strict=True)),
        **dict(zip(("ResourceId", "ResourceName", "ResourceType"), resource, strict=True)),
        "ServiceName": service,
        "RegionId": "us-east-1",
        "RegionName": "US East (N. Virginia)",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ChargeDescription": f"{price} USD per DBU of {service}",
        "PricingCategory": "Standard",
        "PricingUnit": "DBU",
        "ConsumedUnit": "DBU",
        "SkuId": f"PREMIUM_{service.removeprefix('Databricks ').upper().replace(' ', '_').replace('-', '_')}",
        "SkuPriceId": f"{service}.PREMIUM.us-east-1",
        "SkuMeter": "DBU",
        "Tags": json.dumps(tags),
    }
    return Line(Item(columns, price, price), cadence, units)
