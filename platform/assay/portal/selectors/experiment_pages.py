"""What stands above an experiment's run table."""

from dataclasses import dataclass
from uuid import UUID

from assay.accounts.domain.saved_views import SavedViewView
from assay.accounts.selectors.saved_views import list_views
from assay.accounts.selectors.teams import get_team
from assay.core.money import Money
from assay.costs.selectors.figures import experiment_costs
from assay.leaderboards.domain.values import LeaderboardSummary
from assay.leaderboards.selectors.leaderboards import list_leaderboards
from assay.tracking.domain.states import LifecycleStage
from assay.tracking.domain.values import ExperimentView
from assay.tracking.selectors.run_tallies import RunTally, tally_runs

DESCRIPTION = "mlflow.note.content"


@dataclass(frozen=True, slots=True)
class ExperimentHead:
    experiment: ExperimentView
    tally: RunTally
    amounts: tuple[Money, ...]
    team: str
    boards: tuple[LeaderboardSummary, ...]
    views: tuple[SavedViewView, ...]

    @property
    def is_deleted(self) -> bool:
        return self.experiment.lifecycle_stage is LifecycleStage.DELETED

    @property
    def description(self) -> str:
        return self.experiment.tags.get(DESCRIPTION, "")

    @property
    def tags(self) -> list[tuple[str, str]]:
        return [(key, value) for key, value in self.experiment.tags.items() if not key.startswith("mlflow.")]


def read_head(organization_id: UUID, experiment: ExperimentView, *, user_id: UUID, path: str) -> ExperimentHead:
    """path: of the experiment's page, whose saved views are listed."""
    costs = experiment_costs(organization_id, [experiment.id])
    return ExperimentHead(
        experiment=experiment,
        tally=tally_runs(organization_id, experiment.id),
        amounts=costs[experiment.id].amounts,
        team=get_team(organization_id, experiment.team_id).name if experiment.team_id else "",
        boards=tuple(list_leaderboards(organization_id, experiment_id=experiment.id)),
        views=tuple(list_views(organization_id, user_id, path=path)),
    )
