"""Findings and check runs as pages, the API and services see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from assay.clouds.domain.inventory import ResourceKey
from assay.core.errors import Invalid
from assay.core.money import Money
from assay.recommendations.domain.documents import Explanation
from assay.recommendations.domain.states import CheckResultState, CheckRunState, FindingState


@dataclass(frozen=True, slots=True)
class FindingView:
    """Savings per month of 730 hours. counted: what it adds to the total. team_name, owner_name: empty for nobody.

    stale_since: since when its check could not look; what is said here is from before. promised: what was expected when it was applied.
    """

    id: UUID
    check: str
    check_title: str
    group: str
    resource: ResourceKey
    name: str
    team_id: UUID | None
    team_name: str
    state: FindingState
    action: str
    expected: Money
    least: Money
    most: Money
    before_commitments: Money
    counted: Money
    included_in: UUID | None
    price_source: str
    confidence: str
    risk: int
    effort: str
    explanation: Explanation
    excluded: bool
    first_seen_at: datetime
    last_seen_at: datetime
    stale_since: datetime | None
    owner_id: UUID | None
    owner_name: str
    due_on: date | None
    dismissed_until: datetime | None
    reason: str
    applied_at: datetime | None
    promised: Money | None
    verified_saving: Money | None
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventView:
    at: datetime
    actor_name: str
    state: str
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check with how it went last. waits: it cannot look, for what message says."""

    name: str
    title: str
    group: str
    paused: bool
    state: CheckResultState | None
    message: str
    found: int
    last_run_at: datetime | None
    open_count: int
    counted: tuple[Money, ...]
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ResultView:
    check: str
    title: str
    state: CheckResultState
    found: int
    new: int
    seconds: float | None
    message: str
    log: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class CheckRunView:
    id: UUID
    state: CheckRunState
    trigger: str
    started_at: datetime
    finished_at: datetime | None
    results: tuple[ResultView, ...]

    @property
    def found(self) -> int:
        return sum(result.found for result in self.results)

    @property
    def new(self) -> int:
        return sum(result.new for result in self.results)


@dataclass(frozen=True, slots=True)
class FindingQuery:
    """What to list. Empty and None count for all. states: of these. least: saving of at least so much. after: id of the last one shown."""

    states: tuple[FindingState, ...] = (FindingState.OPEN, FindingState.ACCEPTED)
    check: str = ""
    group: str = ""
    account_id: str = ""
    team_id: UUID | None = None
    text: str = ""
    least: Decimal | None = None
    excluded: bool = False
    limit: int = 100
    offset: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 10_000:
            raise Invalid("limit must lie between 1 and 10000.", field="limit")
        if self.offset < 0:
            raise Invalid("offset must not be below zero.", field="offset")


@dataclass(frozen=True, slots=True)
class SavingsRow:
    """One part of the total: by check, team or account. unpriced: of the findings, those whose saving nobody knows."""

    key: str
    label: str
    findings: int
    unpriced: int
    counted: Money


@dataclass(frozen=True, slots=True)
class SavingsStep:
    """Until the end of a day (UTC): what was accepted (and perhaps done since), done, and measured on the bill; per month."""

    day: date
    accepted: Decimal
    applied: Decimal
    verified: Decimal


@dataclass(frozen=True, slots=True)
class Savings:
    """What could really be saved per month, and what was. currencies are never added up: one total each.

    accepted: of what is open, what somebody has taken on. verified: measured on the bill, since the installation began.
    """

    open: tuple[Money, ...]
    accepted: tuple[Money, ...]
    applied: tuple[Money, ...]
    verified: tuple[Money, ...]
    findings: int
    stale: int
    unpriced: int
    by_check: tuple[SavingsRow, ...]
    by_team: tuple[SavingsRow, ...]
    by_account: tuple[SavingsRow, ...]
