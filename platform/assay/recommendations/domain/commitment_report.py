"""What commitments did over an interval, and what they left: the answer that pages, the API and the command line show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assay.core.intervals import Interval
from assay.recommendations.domain.commitments import Coverage, SavingsRate, Use
from assay.recommendations.domain.idle_commitments import Hint
from assay.recommendations.domain.plan_rates import Terms
from assay.recommendations.domain.savings_plans import PlanType


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """id: as the bill writes it. type: the bill's word (Savings Plan, Reserved Instance). terms: of a Savings Plan, where the bill tells them.

    since: its first charge in the ledger. ends_by: latest possible end, by its term; None where the term is unknown.
    steps: use per step of the report. hint: what can be done about idleness; None where it is well used, or not of AWS.
    """

    id: str
    name: str
    type: str
    provider: str
    terms: Terms | None
    use: Use
    since: datetime
    ends_by: datetime | None
    steps: tuple[Use, ...]
    hint: Hint | None = None

    @property
    def per_hour(self) -> Decimal:
        """Committed in a mean hour of those that it has charges for."""
        return self.use.committed / self.use.hours if self.use.hours else Decimal(0)


@dataclass(frozen=True, slots=True)
class CommitmentReport:
    """steps: starts of hours or days, UTC. covered: commitment's id → on-demand cost that it covered, per step. uncovered: eligible, per step.

    rates: effective savings rates, each with its scope. spread: eligible spend whose charges last longer than an hour, so that its hours
    are even shares and not measured. other_currencies: charged in too, and in no figure.
    """

    interval: Interval
    currency: str
    other_currencies: tuple[str, ...]
    commitments: tuple[CommitmentView, ...]
    use: Use
    coverage: Coverage
    coverage_of_plans: Mapping[PlanType, Coverage]
    rates: tuple[SavingsRate, ...]
    steps: tuple[datetime, ...]
    covered: Mapping[str, tuple[Decimal, ...]]
    uncovered: tuple[Decimal, ...]
    spread: Decimal
    ledger_version: int
