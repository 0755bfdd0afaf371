"""Making, changing and removing leaderboards."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from django.db import IntegrityError, transaction

from assay.accounts.services import audit
from assay.core.errors import Conflict, Invalid, NotFound
from assay.leaderboards.domain.rankings import Direction
from assay.leaderboards.domain.values import Included, LeaderboardSummary
from assay.leaderboards.models import Leaderboard
from assay.leaderboards.selectors.leaderboards import get_leaderboard, summarize
from assay.leaderboards.selectors.rankings import build_query
from assay.tracking.selectors.experiments import get_experiment
from assay.tracking.selectors.runs import list_runs


@dataclass(frozen=True, slots=True)
class LeaderboardDraft:
    """What a person chooses. filter: in the search grammar of runs, empty for all."""

    name: str
    experiment_id: UUID
    metric: str
    direction: Direction = Direction.MAXIMIZE
    filter: str = ""


def create_leaderboard(organization_id: UUID, draft: LeaderboardDraft, *, actor_id: UUID | None) -> LeaderboardSummary:
    """raises: Invalid naming the field; NotFound for the experiment; Conflict when the name is taken."""
    draft = _checked(organization_id, draft)
    with transaction.atomic():
        row = _save(Leaderboard(organization_id=organization_id), draft)
        _note(organization_id, actor_id, "leaderboard.created", row, asdict(draft))
    return summarize(row)


def update_leaderboard(
    organization_id: UUID, leaderboard_id: UUID, draft: LeaderboardDraft, *, actor_id: UUID | None
) -> LeaderboardSummary:
    """Replace what the leaderboard shows. raises: as create_leaderboard; NotFound for the leaderboard."""
    get_leaderboard(organization_id, leaderboard_id)
    draft = _checked(organization_id, draft)
    with transaction.atomic():
        row = _save(Leaderboard.objects.select_for_update().get(id=leaderboard_id), draft)
        _note(organization_id, actor_id, "leaderboard.changed", row, asdict(draft))
    return summarize(row)


def delete_leaderboard(organization_id: UUID, leaderboard_id: UUID, *, actor_id: UUID | None) -> None:
    """The runs stay. raises: NotFound."""
    with transaction.atomic():
        row = Leaderboard.objects.select_for_update().filter(id=leaderboard_id).first()
        if row is None:
            raise NotFound(f"There is no leaderboard {leaderboard_id}.", leaderboard_id=str(leaderboard_id))
        _note(organization_id, actor_id, "leaderboard.deleted", row, {})
        row.delete()


def _checked(organization_id: UUID, draft: LeaderboardDraft) -> LeaderboardDraft:
    draft = replace(draft, name=draft.name.strip(), metric=draft.metric.strip(), filter=draft.filter.strip())
    if not 1 <= len(draft.name) <= 200:
        raise Invalid("A leaderboard needs a name of 1 to 200 characters.", field="name")
    if not 1 <= len(draft.metric) <= 250 or "`" in draft.metric:
        raise Invalid("Name the metric that ranks the runs: 1 to 250 characters, as the runs log it.", field="metric")
    get_experiment(organization_id, draft.experiment_id)
    _check_filter(organization_id, draft)
    return draft


def _check_filter(organization_id: UUID, draft: LeaderboardDraft) -> None:
    """A filter that cannot be read is refused now rather than at each look."""
    try:
        list_runs(organization_id, build_query(draft, Included.FINISHED, limit=1))
    except Invalid as error:
        raise Invalid(f"The filter cannot be used: {error.message}", field="filter") from error


def _save(row: Leaderboard, draft: LeaderboardDraft) -> Leaderboard:
    for field, value in asdict(draft).items():
        setattr(row, field, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(f"There is a leaderboard named {draft.name!r} already.", field="name") from error
    return row


def _note(organization_id: UUID, actor_id: UUID | None, action: str, row: Leaderboard, details: Mapping[str, object]) -> None:
    plain = {"leaderboard_id": str(row.id)} | {name: str(value) for name, value in details.items()}
    audit.record(organization_id, actor_id=actor_id, action=action, subject=row.name, details=plain)
