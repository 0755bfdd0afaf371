"""Operations on leaderboards."""

from uuid import UUID

from ninja import Router, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.leaderboards.api.schemas import LeaderboardIn, LeaderboardList, LeaderboardOut, RankingOut
from assay.leaderboards.domain.values import Included
from assay.leaderboards.selectors import leaderboards as saved
from assay.leaderboards.selectors.rankings import rank
from assay.leaderboards.services import leaderboards

router = Router(tags=["leaderboards"])


@router.get("leaderboards", response=LeaderboardList)
@require(Permission.TRACKING_READ)
def list_leaderboards(request: MemberRequest, experiment_id: UUID | None = None) -> LeaderboardList:
    """Saved leaderboards by name, of all experiments or of one."""
    found = saved.list_leaderboards(request.principal.organization_id, experiment_id=experiment_id)
    return LeaderboardList(items=[LeaderboardOut.of(summary) for summary in found])


@router.post("leaderboards", response={201: LeaderboardOut})
@require(Permission.TRACKING_WRITE)
def create_leaderboard(request: MemberRequest, payload: LeaderboardIn) -> Status[LeaderboardOut]:
    """Save a ranking of an experiment's runs."""
    principal = request.principal
    made = leaderboards.create_leaderboard(principal.organization_id, payload.draft(), actor_id=principal.user_id)
    return Status(201, LeaderboardOut.of(made))


@router.get("leaderboards/{leaderboard_id}", response=RankingOut)
@require(Permission.TRACKING_READ)
def get_leaderboard(request: MemberRequest, leaderboard_id: UUID, include: Included = Included.FINISHED) -> RankingOut:
    """The runs ranked by metric, each with its cost; `pareto` marks those that no other run beats in both."""
    return RankingOut.ranked(rank(request.principal.organization_id, leaderboard_id, included=include))


@router.put("leaderboards/{leaderboard_id}", response=LeaderboardOut)
@require(Permission.TRACKING_WRITE)
def update_leaderboard(request: MemberRequest, leaderboard_id: UUID, payload: LeaderboardIn) -> LeaderboardOut:
    """Replace what a leaderboard shows."""
    principal = request.principal
    changed = leaderboards.update_leaderboard(
        principal.organization_id, leaderboard_id, payload.draft(), actor_id=principal.user_id
    )
    return LeaderboardOut.of(changed)


@router.delete("leaderboards/{leaderboard_id}", response={204: None})
@require(Permission.TRACKING_WRITE)
def delete_leaderboard(request: MemberRequest, leaderboard_id: UUID) -> Status[None]:
    """Remove a leaderboard; its runs stay."""
    principal = request.principal
    leaderboards.delete_leaderboard(principal.organization_id, leaderboard_id, actor_id=principal.user_id)
    return Status(204, None)
