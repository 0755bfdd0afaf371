"""What AWS charges for: instances, volumes, buckets, databases, endpoints and traffic.

Unit prices: public prices of US East (N. Virginia), USD, from the AWS price lists of 2026; the services used here cost the
same in US West (Oregon), and S3 and traffic also in Europe (Ireland). The demo's owner has negotiated 5 % off all usage.
"""

import json
from dataclasses import dataclass
from decimal import Decimal

from assay_client.demo.bill.commitments import RATE
from assay_client.demo.bill.issuers import AWS, Account
from assay_client.demo.bill.lines import Item, Line
from assay_client.demo.bill.periods import Cadence
from assay_client.demo.bill.quantities import ONE_HOUR, Between, DailyGigabyteMonths, PercentOf
from assay_client.demo.machines import SPOT

NEGOTIATED = Decimal("0.95")
REGIONS = {"us-east-1": "US East (N. Virginia)", "us-west-2": "US West (Oregon)", "eu-west-1": "Europe (Ireland)"}
EC2_PRICES = {
    "m5.large": Decimal("0.096"),
    "m5.xlarge": Decimal("0.192"),
    "m5.2xlarge": Decimal("0.384"),
    "c6i.xlarge": Decimal("0.17"),
    "c6i.2xlarge": Decimal("0.34"),
    "r6i.xlarge": Decimal("0.252"),
    "g4dn.xlarge": Decimal("0.526"),
    "g5.xlarge": Decimal("1.006"),
    "g5.2xlarge": Decimal("1.212"),
    "g6.xlarge": Decimal("0.8048"),
    "p4d.24xlarge": Decimal("21.957642"),
}
COMPUTE = ("Compute", "Virtual Machines", "Amazon Elastic Compute Cloud")
BLOCKS = ("Storage", "Block Storage", "Amazon Elastic Block Store")
OBJECTS = ("Storage", "Object Storage", "Amazon Simple Storage Service")
RELATIONAL = ("Databases", "Relational Databases", "Amazon Relational Database Service")
LEARNING = ("AI and Machine Learning", "Machine Learning", "Amazon SageMaker")
TRAFFIC = ("Networking", "Network Connectivity", "AWS Data Transfer")
NAT = ("Networking", "Network Infrastructure", "Amazon Virtual Private Cloud")


@dataclass(frozen=True, slots=True)
class Owner:
    """Where a thing stands and whose it is. tags: none when nobody tagged it."""

    account: Account
    zone: str
    team: str = ""
    project: str = ""

    @property
    def region(self) -> str:
        return self.zone[:-1]

    def columns(self) -> dict[str, str]:
        tags = {name: value for name, value in (("project", self.project), ("team", self.team)) if value}
        return {
            **self.account.columns(),
            "RegionId": self.region,
            "RegionName": REGIONS[self.region],
            "Tags": json.dumps(tags) if tags else "",
        }


def instance(
    owner: Owner, instance_id: str, instance_type: str, *, name: str, cadence: Cadence, lifecycle: str, committed: bool
) -> Line:
    price, spot = EC2_PRICES[instance_type], lifecycle == SPOT
    item = _item(
        owner, COMPUTE, resource=(instance_id, name, "Instance"), sku=f"{'Spot' if spot else 'Box'}Usage:{instance_type}",
        price=price, unit="Hours", what=f"{price} USD per {'spot' if spot else 'on-demand'} Linux {instance_type} instance hour",
        zoned=True, details={"InstanceType": instance_type, "OperatingSystem": "Linux"}, category="Dynamic" if spot else "Standard",
    )  # fmt: skip
    return Line(
        item,
        cadence,
        ONE_HOUR,
        market_price=PercentOf(price, 38, 52) if spot else None,
        committed_price=price * RATE if committed else None,
    )


def volume(owner: Owner, volume_id: str, *, gigabytes: int) -> Line:
    item = _item(
        owner, BLOCKS, resource=(volume_id, "", "Volume"), sku="EBS:VolumeUsage.gp3", price=Decimal("0.08"),
        unit="GB-Months", what="0.08 USD per GB-month of gp3 storage", zoned=True, details={"DiskType": "SSD"},
    )  # fmt: skip
    return Line(item, Cadence.DAILY, DailyGigabyteMonths(gigabytes, gigabytes))


def bucket(owner: Owner, name: str, *, gigabytes: int) -> tuple[Line, Line]:
    held = _item(
        owner, OBJECTS, resource=(name, name, "Bucket"), sku="TimedStorage-ByteHrs", price=Decimal("0.023"),
        unit="GB-Months", what="0.023 USD per GB-month of standard storage",
    )  # fmt: skip
    asked = _item(
        owner, OBJECTS, resource=(name, name, "Bucket"), sku="Requests-Tier2", price=Decimal("0.0004"),
        unit="1000 Requests", what="0.0004 USD per 1,000 GET requests", consumed=("Requests", Decimal(1000)),
    )  # fmt: skip
    return Line(held, Cadence.DAILY, DailyGigabyteMonths(gigabytes, gigabytes * 11 // 10)), Line(
        asked, Cadence.DAILY, Between(20, 9000, 3)
    )


def database(owner: Owner, name: str) -> Line:
    item = _item(
        owner, RELATIONAL, resource=(f"arn:aws:rds:{owner.region}:{owner.account.id}:db:{name}", name, "DB Instance"),
        sku="InstanceUsage:db.m5.large", price=Decimal("0.178"), unit="Hours", zoned=True,
        what="0.178 USD per db.m5.large single-AZ PostgreSQL instance hour", details={"InstanceType": "db.m5.large"},
    )  # fmt: skip
    return Line(item, Cadence.HOURLY, ONE_HOUR)


def endpoint(owner: Owner, name: str) -> Line:
    item = _item(
        owner, LEARNING, resource=(f"arn:aws:sagemaker:{owner.region}:{owner.account.id}:endpoint/{name}", name, "Endpoint"),
        sku="Host:ml.m5.xlarge", price=Decimal("0.23"), unit="Hours", zoned=False,
        what="0.23 USD per ml.m5.xlarge hosting hour", details={"InstanceType": "ml.m5.xlarge"},
    )  # fmt: skip
    return Line(item, Cadence.HOURLY, ONE_HOUR)


def traffic(owner: Owner) -> Line:
    item = _item(
        owner, TRAFFIC, resource=("", "", ""), sku="DataTransfer-Out-Bytes", price=Decimal("0.09"),
        unit="GB", what="0.09 USD per GB out to the internet",
    )  # fmt: skip
    return Line(item, Cadence.DAILY, Between(5, 220, 6))


def gateway(owner: Owner, gateway_id: str) -> Line:
    item = _item(
        owner, NAT, resource=(gateway_id, "", "NAT Gateway"), sku="NatGateway-Bytes", price=Decimal("0.045"),
        unit="GB", what="0.045 USD per GB processed by a NAT gateway",
    )  # fmt: skip
    return Line(item, Cadence.HOURLY, Between(0, 6, 6))


def _item(
    owner: Owner,
    service: tuple[str, str, str],
    *,
    resource: tuple[str, str, str],
    sku: str,
    price: Decimal,
    unit: str,
    what: str,
    zoned: bool = False,
    details: dict[str, str] | None = None,
    category: str = "Standard",
    consumed: tuple[str, Decimal] | None = None,
) -> Item:
    """service: category, subcategory and name. resource: id, name and type. consumed: unit, and how many make a pricing unit."""
    consumed_unit, consumed_per_unit = consumed or (unit, Decimal(1))
    columns = {
        **AWS,
        **owner.columns(),
        **dict(zip(("ServiceCategory", "ServiceSubcategory", "ServiceName"), service, strict=True)),
        **dict(zip(("ResourceId", "ResourceName", "ResourceType"), resource, strict=True)),
        "AvailabilityZone": owner.zone if zoned else "",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ChargeDescription": what,
        "PricingCategory": category,
        "PricingUnit": unit,
        "ConsumedUnit": consumed_unit,
        "SkuId": f"{owner.region}:{sku}",
        "SkuPriceId": f"{owner.region}:{sku}.{category}",
        "SkuMeter": sku,
        "SkuPriceDetails": json.dumps(details) if details else "",
    }
    return Item(columns, price, price * NEGOTIATED, consumed_per_unit)
