"""Bodies of findings, checks and exclusions."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from ninja import Schema

from assay.core.money import Money
from assay.recommendations.domain.found import Choice
from assay.recommendations.domain.states import CheckResultState, CheckRunState, FindingState
from assay.recommendations.domain.values import CheckRunView, CheckView, EventView, FindingView, Savings, SavingsRow

SAME = (
    "id", "check", "check_title", "group", "name", "team_id", "team_name", "state", "action", "included_in", "price_source", "confidence",
    "risk", "effort", "excluded", "first_seen_at", "last_seen_at", "stale_since", "owner_id", "owner_name", "due_on", "dismissed_until",
    "reason", "applied_at", "verified_at",
)  # fmt: skip


class MoneyOut(Schema):
    amount: str
    currency: str

    @classmethod
    def of(cls, money: Money) -> Self:
        return cls(amount=f"{money.amount:f}", currency=money.currency)


class FoundResourceOut(Schema):
    provider: str
    account_id: str
    region: str
    kind: str
    native_id: str


class EvidenceOut(Schema):
    what: str
    value: str
    threshold: str
    metric: str
    days: int | None


class RemedyOut(Schema):
    command: str
    terraform: str
    console: str


class ChoiceOut(Schema):
    """projected: percent of the target's capacity that the need takes, by metric."""

    target: str
    saving: MoneyOut
    saving_before_commitments: MoneyOut
    risk: int
    effort: str
    differences: list[str]
    projected: dict[str, float]

    @classmethod
    def of(cls, choice: Choice) -> Self:
        return cls(
            target=choice.target,
            saving=MoneyOut.of(choice.saving.expected),
            saving_before_commitments=MoneyOut.of(choice.saving.before_commitments),
            risk=int(choice.risk),
            effort=choice.effort,
            differences=list(choice.differences),
            projected=dict(choice.projected),
        )


class FindingOut(Schema):
    """Savings are per month of 730 hours, after what commitments cover. counted: what it adds to the total, none of it twice.

    price_source `no price known`: the saving is unknown, not nothing. stale_since: its check could not look since then.
    """

    id: UUID
    check: str
    check_title: str
    group: str
    resource: FoundResourceOut
    name: str
    team_id: UUID | None
    team_name: str
    state: FindingState
    action: str
    saving: MoneyOut
    saving_least: MoneyOut
    saving_most: MoneyOut
    saving_before_commitments: MoneyOut
    counted: MoneyOut
    included_in: UUID | None
    price_source: str
    confidence: str
    risk: int
    effort: str
    finding: str
    evidence: list[EvidenceOut]
    choices: list[ChoiceOut]
    remedy: RemedyOut
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
    promised: MoneyOut | None
    verified_saving: MoneyOut | None
    verified_at: datetime | None

    @classmethod
    def of(cls, view: FindingView) -> Self:
        told, key = view.explanation, view.resource
        values: dict[str, Any] = {name: getattr(view, name) for name in SAME}
        return cls(
            **values,
            resource=FoundResourceOut(
                provider=key.provider,
                account_id=key.account_id,
                region=key.region,
                kind=key.kind.value,
                native_id=key.native_id,
            ),
            saving=MoneyOut.of(view.expected),
            saving_least=MoneyOut.of(view.least),
            saving_most=MoneyOut.of(view.most),
            saving_before_commitments=MoneyOut.of(view.before_commitments),
            counted=MoneyOut.of(view.counted),
            finding=told.reason,
            evidence=[EvidenceOut(**asdict(one)) for one in told.evidence],
            choices=[ChoiceOut.of(one) for one in told.choices],
            remedy=RemedyOut(**asdict(told.remedy)),
            promised=None if view.promised is None else MoneyOut.of(view.promised),
            verified_saving=None if view.verified_saving is None else MoneyOut.of(view.verified_saving),
        )


class FindingList(Schema):
    items: list[FindingOut]
    next_cursor: str | None = None
    total: int


class FindingEventOut(Schema):
    at: datetime
    actor_name: str
    state: str
    details: dict[str, Any]

    @classmethod
    def of(cls, view: EventView) -> Self:
        return cls(at=view.at, actor_name=view.actor_name, state=view.state, details=dict(view.details))


class FindingDetail(FindingOut):
    events: list[FindingEventOut]

    @classmethod
    def told(cls, view: FindingView, events: list[EventView]) -> Self:
        return cls(**FindingOut.of(view).model_dump(), events=[FindingEventOut.of(event) for event in events])


class AcceptIn(Schema):
    owner_id: UUID | None = None
    due_on: date | None = None
    reason: str = ""


class DismissIn(Schema):
    """until: it is open again from then on; null for ever."""

    reason: str
    until: datetime | None = None


class AppliedIn(Schema):
    """applied_at: by default now."""

    applied_at: datetime | None = None
    reason: str = ""


class PartOut(Schema):
    key: str
    label: str
    findings: int
    unpriced: int
    counted: MoneyOut

    @classmethod
    def of(cls, row: SavingsRow) -> Self:
        counted = MoneyOut.of(row.counted)
        return cls(key=row.key, label=row.label, findings=row.findings, unpriced=row.unpriced, counted=counted)


class SavingsOut(Schema):
    """One total per currency. open includes accepted. verified: measured on the bill."""

    open: list[MoneyOut]
    accepted: list[MoneyOut]
    applied: list[MoneyOut]
    verified: list[MoneyOut]
    findings: int
    stale: int
    unpriced: int
    by_check: list[PartOut]
    by_team: list[PartOut]
    by_account: list[PartOut]

    @classmethod
    def of(cls, savings: Savings) -> Self:
        totals = {
            name: [MoneyOut.of(one) for one in getattr(savings, name)] for name in ("open", "accepted", "applied", "verified")
        }
        parts = {name: [PartOut.of(one) for one in getattr(savings, name)] for name in ("by_check", "by_team", "by_account")}
        values: dict[str, Any] = {**totals, **parts}
        return cls(**values, findings=savings.findings, stale=savings.stale, unpriced=savings.unpriced)


class SavingCheckOut(Schema):
    """state: of its last run; waiting: message names the permission. options: complete, defaults included."""

    name: str
    title: str
    group: str
    paused: bool
    state: CheckResultState | None
    message: str
    found: int
    last_run_at: datetime | None
    open_count: int
    counted: list[MoneyOut]
    options: dict[str, Any]

    @classmethod
    def of(cls, view: CheckView) -> Self:
        plain = ("name", "title", "group", "paused", "state", "message", "found", "last_run_at", "open_count")
        values: dict[str, Any] = {name: getattr(view, name) for name in plain}
        return cls(**values, counted=[MoneyOut.of(one) for one in view.counted], options=dict(view.options))


class SavingCheckList(Schema):
    items: list[SavingCheckOut]
    next_cursor: str | None = None


class SavingCheckIn(Schema):
    """options: all that differ from the check's defaults. What is not given stays."""

    options: dict[str, int | float | str] | None = None
    paused: bool | None = None


class CheckResultOut(Schema):
    check: str
    title: str
    state: CheckResultState
    found: int
    new: int
    seconds: float | None
    message: str
    log: list[dict[str, str]]


class CheckRunOut(Schema):
    id: UUID
    state: CheckRunState
    trigger: str
    started_at: datetime
    finished_at: datetime | None
    results: list[CheckResultOut]

    @classmethod
    def of(cls, view: CheckRunView) -> Self:
        results = [CheckResultOut(**asdict(one) | {"log": list(one.log)}) for one in view.results]
        return cls(
            id=view.id,
            state=view.state,
            trigger=view.trigger,
            started_at=view.started_at,
            finished_at=view.finished_at,
            results=results,
        )


class CheckRunList(Schema):
    items: list[CheckRunOut]
    next_cursor: str | None = None


class ExclusionIn(Schema):
    """What is empty counts for all. tag: `key` or `key=value`."""

    reason: str
    check: str = ""
    account_id: str = ""
    region: str = ""
    tag: str = ""
    native_id: str = ""
    until: datetime | None = None


class ExclusionOut(ExclusionIn):
    id: UUID
    created_at: datetime


class ExclusionList(Schema):
    items: list[ExclusionOut]
    next_cursor: str | None = None
