"""What is held in a cloud, as connectors report it and checks read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class ResourceKind(StrEnum):
    INSTANCE = "instance"
    VOLUME = "volume"
    ADDRESS = "address"
    SNAPSHOT = "snapshot"
    IMAGE = "image"
    DATABASE = "database"
    SAVINGS_PLAN = "savings_plan"
    RESERVATION = "reservation"


class Manager(StrEnum):
    """Who decides the size of a machine in the place of its owner."""

    NOBODY = ""
    AUTO_SCALING = "auto scaling group"
    EMR = "EMR"
    EKS = "EKS"
    BATCH = "AWS Batch"
    DATABRICKS = "Databricks"


@dataclass(frozen=True, slots=True)
class ResourceKey:
    """What a resource is known by, in the provider's own spelling. native_id: as the bill writes it, where the bill names it."""

    provider: str
    account_id: str
    region: str
    kind: ResourceKind
    native_id: str


@dataclass(frozen=True, slots=True)
class Instance:
    """A virtual machine. lifecycle: on-demand or spot. platform: linux, windows, rhel, suse, … as the price list tells them apart.

    root_device: ebs or instance-store. group: name of what manages it.
    """

    instance_type: str
    lifecycle: str = "on-demand"
    platform: str = "linux"
    tenancy: str = "shared"
    architecture: str = "x86_64"
    image_id: str = ""
    availability_zone: str = ""
    root_device: str = "ebs"
    manager: Manager = Manager.NOBODY
    group: str = ""
    launched_at: datetime | None = None
    unlimited_credits: bool | None = None
    volume_ids: tuple[str, ...] = ()
    network_interfaces: int = 1
    addresses: int = 1


@dataclass(frozen=True, slots=True)
class Volume:
    """Sizes in GiB, throughput in MiB/s. iops, throughput: what is provisioned, None where the type has none to choose."""

    volume_type: str
    size_gib: int
    iops: int | None = None
    throughput_mibps: int | None = None
    attached_to: tuple[str, ...] = ()
    snapshot_id: str = ""
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """A public address that was reserved. attached_to: instance or interface; empty when unused."""

    public_ip: str
    attached_to: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """size_gib: of the volume it was made of; what is stored and billed may be far less."""

    volume_id: str
    size_gib: int
    description: str = ""
    tier: str = "standard"
    image_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    snapshot_ids: tuple[str, ...] = ()
    architecture: str = "x86_64"
    platform: str = "linux"
    last_launched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Database:
    """instance_class: db.r6g.large. storage in GiB. replica_of: the primary's id; empty for a primary."""

    instance_class: str
    engine: str
    storage_gib: int
    multi_az: bool = False
    licence: str = ""
    storage_type: str = ""
    iops: int | None = None
    replica_of: str = ""
    cluster_id: str = ""


@dataclass(frozen=True, slots=True)
class SavingsPlan:
    """plan_type: Compute, EC2Instance, SageMaker or Database. commitment_per_hour: in currency. region, family: of EC2Instance plans.

    A queued one begins at starts_at. returnable_until: until then AWS takes it back.
    """

    plan_type: str
    commitment_per_hour: Decimal
    currency: str
    payment_option: str
    term_seconds: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    region: str = ""
    family: str = ""
    returnable_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """count: machines. scope: Region or Availability Zone. platform: the product's own words, which size flexibility depends on.

    fixed: paid in advance; recurring_per_hour: paid for each hour; of one machine.
    """

    instance_type: str
    count: int
    platform: str
    tenancy: str
    scope: str
    offering_class: str
    payment_option: str
    term_seconds: int
    fixed: Decimal
    recurring_per_hour: Decimal
    currency: str
    availability_zone: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


Details = Instance | Volume | Address | Snapshot | Image | Database | SavingsPlan | Reservation

DETAILS_OF: Mapping[ResourceKind, type[Details]] = {
    ResourceKind.INSTANCE: Instance,
    ResourceKind.VOLUME: Volume,
    ResourceKind.ADDRESS: Address,
    ResourceKind.SNAPSHOT: Snapshot,
    ResourceKind.IMAGE: Image,
    ResourceKind.DATABASE: Database,
    ResourceKind.SAVINGS_PLAN: SavingsPlan,
    ResourceKind.RESERVATION: Reservation,
}


@dataclass(frozen=True, slots=True)
class Resource:
    """state: the provider's word (running, stopped, in-use, available). state_since: when it came into it; None when nobody knows.

    first_seen_at, last_seen_at: by Assay. created_at: by the provider.
    """

    key: ResourceKey
    details: Details
    state: str
    first_seen_at: datetime
    last_seen_at: datetime
    name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    state_since: datetime | None = None
