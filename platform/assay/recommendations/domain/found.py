"""What a check found: a thing that costs more than it has to, with the evidence, the remedy and the money."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum

from assay.clouds.domain.inventory import ResourceKey
from assay.core.money import Money

HOURS_OF_A_MONTH = Decimal(730)
"""Every saving is per month of 730 hours, a year's 8,760 by twelve."""


class Action(StrEnum):
    """What would be done, the strongest first: of two on one resource that exclude each other the stronger counts."""

    DELETE = "delete"
    STOP = "stop"
    RESIZE = "resize"
    MODERNISE = "modernise"
    COMMIT = "commit"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Effort(StrEnum):
    VERY_LOW = "very low"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Risk(IntEnum):
    """That the work is served worse afterwards, as Compute Optimizer counts it."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    VERY_HIGH = 4


class PriceSource(StrEnum):
    """Where a price is from: the provider's list when it was reachable, what the bill charged, or the table shipped with Assay.

    UNKNOWN: the saving is nothing because nobody knows it, and is shown as unpriced.
    """

    PROVIDER = "the provider's price list"
    BILL = "the bill"
    SHIPPED = "the shipped price book"
    UNKNOWN = "no price known"


@dataclass(frozen=True, slots=True)
class Saving:
    """Per month of 730 hours, in one currency; least <= expected <= most, none below zero.

    expected: after what commitments cover already. before_commitments: as if nothing were covered.
    """

    least: Money
    expected: Money
    most: Money
    before_commitments: Money
    source: PriceSource

    def __post_init__(self) -> None:
        if len({one.currency for one in (self.least, self.expected, self.most, self.before_commitments)}) != 1:
            raise ValueError("a saving has one currency")
        if not 0 <= self.least.amount <= self.expected.amount <= self.most.amount:
            raise ValueError("a saving needs 0 <= least <= expected <= most")

    @classmethod
    def exactly(cls, amount: Money, source: PriceSource, *, before_commitments: Money | None = None) -> "Saving":
        return cls(amount, amount, amount, before_commitments or amount, source)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measured fact and the border it was compared with. metric: of clouds.domain.utilization, or empty.

    value, threshold: as a person reads them, with unit. days: how long was looked at.
    """

    what: str
    value: str
    threshold: str = ""
    metric: str = ""
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """command: for a shell with the AWS CLI, one a line. terraform: a hint, empty where there is none. console: https address."""

    command: str
    terraform: str = ""
    console: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to do it, for findings that offer several. target: what it would become. differences: what changes besides, in words.

    projected: percent of the target's capacity that the need would take, per metric.
    """

    target: str
    saving: Saving
    risk: Risk
    effort: Effort
    differences: tuple[str, ...] = ()
    projected: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """reason: one sentence for a person. choices: none, or up to three with the best first, whose saving is the finding's."""

    resource: ResourceKey
    action: Action
    reason: str
    saving: Saving
    evidence: tuple[Evidence, ...]
    confidence: Confidence
    risk: Risk
    effort: Effort
    remedy: Remedy
    choices: tuple[Choice, ...] = ()
