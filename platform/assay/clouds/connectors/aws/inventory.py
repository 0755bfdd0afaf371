"""Every question of an inventory: what is asked of which service, and what it brings."""

from collections.abc import Callable
from dataclasses import dataclass

from assay.clouds.connectors.aws import addresses, commitments, ebs, ec2, images, rds
from assay.clouds.connectors.aws.sessions import Clients
from assay.clouds.domain.inventory import ResourceKind
from assay.clouds.domain.refreshes import Refusal, Reported

Ask = Callable[[Clients, str], tuple[list[Reported], list[Refusal]]]


@dataclass(frozen=True, slots=True)
class Question:
    """ask: (clients of an account, region) → the whole list of a kind, and what beside it was refused; raises Refused.

    permission: IAM action, whose two parts are service and operation. everywhere: asked once an account, of a service without regions.
    """

    permission: str
    kind: ResourceKind
    ask: Ask
    everywhere: bool = False

    @property
    def service(self) -> str:
        return self.permission.partition(":")[0]

    @property
    def operation(self) -> str:
        return self.permission.partition(":")[2]


QUESTIONS = (
    Question(ec2.INSTANCES, ResourceKind.INSTANCE, ec2.list_instances),
    Question(ebs.VOLUMES, ResourceKind.VOLUME, ebs.list_volumes),
    Question(addresses.ADDRESSES, ResourceKind.ADDRESS, addresses.list_addresses),
    Question(ebs.SNAPSHOTS, ResourceKind.SNAPSHOT, ebs.list_snapshots),
    Question(images.IMAGES, ResourceKind.IMAGE, images.list_images),
    Question(rds.DATABASES, ResourceKind.DATABASE, rds.list_databases),
    Question(commitments.RESERVATIONS, ResourceKind.RESERVATION, commitments.list_reservations),
    Question(commitments.PLANS, ResourceKind.SAVINGS_PLAN, commitments.list_savings_plans, everywhere=True),
)
