"""Everything the page of one run shows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.core.clock import now
from assay.core.intervals import Interval
from assay.core.money import Money
from assay.costs.domain.run_costs import UNPRICED, ResourceCostView, RunCostView
from assay.costs.selectors.resources import resource_costs
from assay.costs.selectors.run_costs import costs_of_runs
from assay.portal.domain.burn import hourly_rate
from assay.portal.domain.curves import SYSTEM
from assay.portal.domain.machines import MachineLabel, label_machine
from assay.tracking.domain.content import NOTE_TAG
from assay.tracking.domain.values import ExperimentView, MetricValue, RunView
from assay.tracking.selectors.experiments import get_experiment
from assay.tracking.selectors.runs import get_run

HIDDEN_TAGS = ("mlflow.runName", NOTE_TAG, "mlflow.user", "mlflow.log-model.history", "mlflow.loggedImages")
CLIENT_TAGS = ("mlflow.", "assay.")
"""Tags that start so are written by clients and by Assay itself."""


@dataclass(frozen=True, slots=True)
class RunHead:
    """What stands above every part of the page. rate: dollars an hour. at: until when a running run is counted."""

    run: RunView
    experiment: ExperimentView
    cost: RunCostView
    rate: Money | None
    machine: MachineLabel
    at: datetime

    @property
    def is_live(self) -> bool:
        return not self.run.status.is_terminal

    @property
    def source(self) -> str:
        return self.run.tags.get("mlflow.source.name", "")

    @property
    def sweep_id(self) -> UUID | None:
        text = self.run.tags.get("assay.sweep.id", "")
        try:
            return UUID(text) if text else None
        except ValueError:
            return None

    @property
    def note(self) -> str:
        return self.run.tags.get(NOTE_TAG, "")

    @property
    def own_metrics(self) -> list[MetricValue]:
        """Without those of the machine."""
        return [metric for key, metric in self.run.metrics.items() if not key.startswith(SYSTEM)]

    @property
    def commit(self) -> str:
        return self.run.tags.get("mlflow.source.git.commit", "")

    @property
    def own_tags(self) -> list[tuple[str, str]]:
        """Those that people set."""
        return [(key, value) for key, value in self.run.tags.items() if not key.startswith(CLIENT_TAGS)]

    @property
    def client_tags(self) -> list[tuple[str, str]]:
        return [(key, value) for key, value in self.run.tags.items() if key.startswith(CLIENT_TAGS) and key not in HIDDEN_TAGS]


def read_head(organization_id: UUID, run_id: UUID) -> RunHead:
    """raises: NotFound."""
    run = get_run(organization_id, run_id)
    at = now()
    cost = costs_of_runs(organization_id, [run.id], at=at).get(run.id, UNPRICED)
    return RunHead(
        run=run,
        experiment=get_experiment(organization_id, run.experiment_id),
        cost=cost,
        rate=hourly_rate(cost, started_at=run.started_at, until=run.ended_at or at),
        machine=label_machine(run.tags),
        at=at,
    )


def find_machine_cost(organization_id: UUID, head: RunHead) -> ResourceCostView | None:
    """What the run's machine cost in the months of the run: total = runs + idle."""
    if head.cost.resource_id is None:
        return None
    months = list(Interval(head.run.started_at, max(head.run.started_at, head.run.ended_at or head.at)).months())
    if not months:
        return None
    found = resource_costs(organization_id, Interval(months[0].start, months[-1].end))
    return next((one for one in found if one.resource_id == head.cost.resource_id), None)
