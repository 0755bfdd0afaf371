"""Saved leaderboards."""

from uuid import UUID

from assay.core.errors import NotFound
from assay.leaderboards.domain.rankings import Direction
from assay.leaderboards.domain.values import LeaderboardSummary
from assay.leaderboards.models import Leaderboard


def list_leaderboards(organization_id: UUID, *, experiment_id: UUID | None = None) -> list[LeaderboardSummary]:
    """All of the organization, or of one experiment, by name."""
    rows = Leaderboard.objects.filter(organization_id=organization_id).select_related("experiment").order_by("name")
    return [summarize(row) for row in (rows.filter(experiment_id=experiment_id) if experiment_id else rows)]


def get_leaderboard(organization_id: UUID, leaderboard_id: UUID) -> LeaderboardSummary:
    """raises: NotFound."""
    rows = Leaderboard.objects.filter(organization_id=organization_id, id=leaderboard_id).select_related("experiment")
    row = rows.first()
    if row is None:
        raise NotFound(f"There is no leaderboard {leaderboard_id}.", leaderboard_id=str(leaderboard_id))
    return summarize(row)


def summarize(row: Leaderboard) -> LeaderboardSummary:
    return LeaderboardSummary(
        id=row.id,
        name=row.name,
        experiment_id=row.experiment_id,
        experiment_number=row.experiment.number,
        experiment_name=row.experiment.name,
        metric=row.metric,
        direction=Direction(row.direction),
        filter=row.filter,
        created_at=row.created_at,
    )
