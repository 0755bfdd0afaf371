"""What a check found becomes rows: known findings are renewed, new ones added, and those not found again are ended with a reason."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.accounts.selectors.teams import list_teams
from assay.clouds.domain.inventory import Resource, ResourceKey, ResourceKind
from assay.clouds.selectors.standings import Standing, read_standings
from assay.core.ids import new_id
from assay.recommendations.domain.checks import Check
from assay.recommendations.domain.documents import write_document
from assay.recommendations.domain.exclusions import Exclusion
from assay.recommendations.domain.found import Action, Found
from assay.recommendations.domain.outcomes import judge_disappearance, type_of
from assay.recommendations.domain.states import DONE, BlindSpot, FindingState
from assay.recommendations.models import CheckSettings, Finding, FindingEvent
from assay.recommendations.selectors.exclusions import read_exclusions

BATCH = 1_000
RENEWED = (
    "name", "tags", "team_id", "state", "action", "currency", "least", "expected", "most", "before_commitments", "price_source",
    "confidence", "risk", "effort", "was_type", "document", "excluded", "last_seen_at", "stale_since", "dismissed_until", "reason",
    "ended_at", "applied_at", "promised", "verified_saving", "verified_at", "measured",
)  # fmt: skip
TEAM_TAG = "team"
LOOKED_FOR = (FindingState.OPEN, FindingState.ACCEPTED, FindingState.DISMISSED)


@dataclass(frozen=True, slots=True)
class Stored:
    found: int
    new: tuple[UUID, ...]
    ended: int


def store_found(
    organization_id: UUID,
    check: Check,
    found: Iterable[tuple[Found, Resource]],
    *,
    at: datetime,
    blind: Collection[BlindSpot],
    unmeasured: Callable[[], Collection[ResourceKey]],
) -> Stored:
    """Inside the organization's scope, all or nothing. unmeasured: asked when all is found; of these it is not known how they are used now."""
    known = {_key_of(row): row for row in Finding.objects.filter(organization_id=organization_id, check_name=check.name)}
    context = _Context(organization_id, check, at, _teams(organization_id), tuple(read_exclusions(organization_id)))
    renewed: list[Finding] = []
    added: list[Finding] = []
    events: list[FindingEvent] = []
    for one, resource in found:
        row = known.pop(one.resource, None)
        if row is None:
            row = Finding(id=new_id(), organization_id=organization_id, check_name=check.name, first_seen_at=at)
            added.append(row)
            events.append(context.event(row, FindingState.OPEN, {}))
        else:
            renewed.append(row)
            events.extend(context.reopen(row))
        context.fill(row, one, resource)
    ended = [row for row in known.values() if row.state in LOOKED_FOR]
    events.extend(_end(context, ended, blind, unmeasured()))
    Finding.objects.bulk_create(added, batch_size=BATCH)
    Finding.objects.bulk_update([*renewed, *ended], RENEWED, batch_size=BATCH)
    FindingEvent.objects.bulk_create(events, batch_size=BATCH)
    return Stored(len(added) + len(renewed), tuple(row.id for row in added), sum(row.stale_since is None for row in ended))


def mark_stale(organization_id: UUID, check_name: str, *, at: datetime) -> None:
    """The check could not look: what it said stays, as what it said then."""
    looked_for = Finding.objects.filter(organization_id=organization_id, check_name=check_name, state__in=LOOKED_FOR)
    looked_for.filter(stale_since=None).update(stale_since=at)


@dataclass(frozen=True, slots=True)
class _Context:
    organization_id: UUID
    check: Check
    at: datetime
    teams: Mapping[str, UUID]
    exclusions: tuple[Exclusion, ...]

    def event(self, row: Finding, state: FindingState, details: Mapping[str, object]) -> FindingEvent:
        return FindingEvent(
            id=new_id(), organization_id=self.organization_id, finding=row, at=self.at, state=state, details=dict(details)
        )

    def reopen(self, row: Finding) -> Iterable[FindingEvent]:
        """What had ended and is found again is open again; what was dismissed stays so until its day."""
        over = row.state == FindingState.DISMISSED and row.dismissed_until is not None and row.dismissed_until <= self.at
        if row.state not in {*DONE, FindingState.GONE} and not over:
            return
        was, row.state = row.state, FindingState.OPEN
        row.dismissed_until = row.ended_at = row.applied_at = row.verified_at = None
        row.promised = row.verified_saving = None
        row.reason, row.measured = "", {}
        yield self.event(row, FindingState.OPEN, {"was": was, "reason": "It was found again."})

    def fill(self, row: Finding, found: Found, resource: Resource) -> None:
        key, saving = found.resource, found.saving
        row.provider, row.account_id, row.region, row.native_id = key.provider, key.account_id, key.region, key.native_id
        row.kind, row.name, row.tags = key.kind.value, resource.name, dict(resource.tags)
        row.team_id = self.teams.get(resource.tags.get(TEAM_TAG, "").casefold())
        row.action, row.currency, row.price_source = found.action.value, saving.expected.currency, saving.source.value
        row.least, row.expected, row.most = saving.least.amount, saving.expected.amount, saving.most.amount
        row.before_commitments = saving.before_commitments.amount
        row.confidence, row.risk, row.effort = found.confidence.value, int(found.risk), found.effort.value
        row.was_type, row.document = type_of(resource.details), write_document(found)
        row.excluded = any(one.covers(self.check.name, key, resource.tags, at=self.at) for one in self.exclusions)
        row.last_seen_at, row.stale_since = self.at, None


def _end(
    context: _Context, rows: Collection[Finding], blind: Collection[BlindSpot], unmeasured: Collection[ResourceKey]
) -> list[FindingEvent]:
    looked_at = []
    for row in rows:
        if _key_of(row) in unmeasured or any(spot.covers(row.account_id, row.region) for spot in blind):
            row.stale_since = row.stale_since or context.at
        else:
            looked_at.append(row)
    standings = read_standings(context.organization_id, [_key_of(row) for row in looked_at])
    settings = CheckSettings.objects.filter(organization_id=context.organization_id, check_name=context.check.name).first()
    events = []
    for row in looked_at:
        changed = settings is not None and settings.changed_at > row.last_seen_at
        events.append(_judge(context, row, standings[_key_of(row)], options_changed=changed))
    return events


def _judge(context: _Context, row: Finding, standing: Standing, *, options_changed: bool) -> FindingEvent:
    outcome = judge_disappearance(
        Action(row.action),
        was_type=row.was_type,
        resource=standing.resource,
        gone_at=standing.gone_at,
        changed_at=standing.changed_at,
        options_changed=options_changed,
    )
    row.state, row.reason, row.ended_at, row.stale_since = outcome.state, outcome.reason, context.at, None
    if outcome.state is FindingState.APPLIED:
        row.applied_at, row.promised = outcome.at or context.at, row.expected
    return context.event(row, outcome.state, {"reason": outcome.reason})


def _key_of(row: Finding) -> ResourceKey:
    return ResourceKey(row.provider, row.account_id, row.region, ResourceKind(row.kind), row.native_id)


def _teams(organization_id: UUID) -> dict[str, UUID]:
    """Name, and path as `research/vision`, → id: the tag `team` of a resource names its team by either."""
    teams = list_teams(organization_id)
    return {team.name.casefold(): team.id for team in teams} | {"/".join(team.path).casefold(): team.id for team in teams}
