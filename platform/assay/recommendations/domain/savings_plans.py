"""Savings Plans: which usage each may cover, and in which order it does within an hour.

Facts: AWS's Savings Plans user guide, "Understanding how Savings Plans apply to your usage".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from assay.core.money import EXACT

ZERO = Decimal(0)


class PlanType(StrEnum):
    """The narrower is applied before the wider."""

    EC2_INSTANCE = "EC2 Instance"
    COMPUTE = "Compute"
    SAGEMAKER = "SageMaker"
    DATABASE = "Database"


class Payment(StrEnum):
    NO_UPFRONT = "no upfront"
    PARTIAL_UPFRONT = "partial upfront"
    ALL_UPFRONT = "all upfront"

    @property
    def upfront_share(self) -> Decimal:
        """Of the term's whole cost."""
        return {"no upfront": ZERO, "partial upfront": Decimal("0.5"), "all upfront": Decimal(1)}[self.value]


SERVICES: Mapping[PlanType, tuple[str, ...]] = {
    PlanType.EC2_INSTANCE: ("Amazon Elastic Compute Cloud",),
    PlanType.COMPUTE: ("Amazon Elastic Compute Cloud", "AWS Lambda", "AWS Fargate", "Amazon Elastic Container Service"),
    PlanType.SAGEMAKER: ("Amazon SageMaker",),
    PlanType.DATABASE: (
        "Amazon Relational Database Service",
        "Amazon Aurora DSQL",
        "Amazon DynamoDB",
        "Amazon ElastiCache",
        "Amazon DocumentDB",
        "Amazon Neptune",
        "Amazon Timestream",
        "Amazon Keyspaces",
        "AWS Database Migration Service",
        "Amazon OpenSearch Service",
    ),
}
"""Beginnings of the names by which bills know them."""

COVERED_METERS: Mapping[PlanType, tuple[str, ...]] = {
    PlanType.EC2_INSTANCE: ("BoxUsage", "DedicatedUsage", "UnusedBox", "UnusedDed"),
    PlanType.COMPUTE: ("BoxUsage", "DedicatedUsage", "UnusedBox", "UnusedDed", "Lambda-", "Fargate-"),
}
"""Parts of usage types; volumes, addresses and traffic of the same services are no compute. Plans that are not named cover what has a rate."""


def may_cover(plan: PlanType, *, service: str, meter: str, pricing: str, on_demand: Decimal) -> bool:
    """Whether usage may be covered at all; whether it is worth it, its rate tells.

    service, meter, pricing: service name, usage type and pricing category as FOCUS has them. on_demand: its cost without commitments.
    Spot (Dynamic) has its own discount, and what is free has nothing to save.
    """
    if pricing not in ("Standard", "Committed") or on_demand <= 0:
        return False
    if not service.startswith(SERVICES[plan]):
        return False
    meters = COVERED_METERS.get(plan, ())
    return not meters or any(part in meter for part in meters)


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one SKU and account in one hour. on_demand: its cost without commitments. ratios: plan's id → plan rate / on-demand rate."""

    account: str
    on_demand: Decimal
    ratios: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """committed: an hour, at the plan's rates. owner: account that bought it."""

    id: str
    type: PlanType
    owner: str
    committed: Decimal


@dataclass(frozen=True, slots=True)
class HourApplied:
    """uncovered: on-demand cost left per usage. used: of each plan's commitment. covered: on-demand cost per plan."""

    uncovered: tuple[Decimal, ...]
    used: Mapping[str, Decimal]
    covered: Mapping[str, Decimal]


def apply_plans(usages: Sequence[Usage], plans: Sequence[Plan], *, shared: bool = True) -> HourApplied:
    """Of one hour: narrower plans first; each covers its owner's usage before others'; and the highest saving first, so the lowest ratio.

    An hour's commitment that is not used is lost: hours are never averaged. shared: whether other accounts of the organization may use a plan.
    """
    left = [usage.on_demand for usage in usages]
    used: dict[str, Decimal] = {}
    covered: dict[str, Decimal] = {}
    types = list(PlanType)
    for plan in sorted(plans, key=lambda one: types.index(one.type)):
        rest, taken = plan.committed, ZERO
        for item in _order(usages, plan, shared=shared):
            ratio = usages[item].ratios[plan.id]
            part = min(left[item], EXACT.divide(rest, ratio))
            left[item] = EXACT.subtract(left[item], part)
            rest = EXACT.subtract(rest, EXACT.multiply(part, ratio))
            taken = EXACT.add(taken, part)
        used[plan.id], covered[plan.id] = EXACT.subtract(plan.committed, rest), taken
    return HourApplied(tuple(left), used, covered)


def _order(usages: Sequence[Usage], plan: Plan, *, shared: bool) -> list[int]:
    fitting = [item for item, usage in enumerate(usages) if plan.id in usage.ratios and (shared or usage.account == plan.owner)]
    return sorted(fitting, key=lambda item: (usages[item].account != plan.owner, usages[item].ratios[plan.id]))
