"""Runs above and below a run, what it read and what it made."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from assay.core.errors import NotFound
from assay.portal.selectors.run_tables import RunRow, with_costs
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.states import ModelRole
from assay.tracking.domain.values import DatasetUse, LoggedModelView, RunView
from assay.tracking.selectors.inputs import links_of_runs
from assay.tracking.selectors.logged_models import get_logged_model
from assay.tracking.selectors.runs import get_runs, list_runs

PARENT = "mlflow.parentRunId"
MOST_ANCESTORS = 8
MOST_CHILDREN = 100
MOST_MODELS = 50


@dataclass(frozen=True, slots=True)
class Family:
    """ancestors: the farthest first. children: the oldest first; has_more: there are others."""

    ancestors: tuple[RunRow, ...]
    children: tuple[RunRow, ...]
    has_more: bool

    def __bool__(self) -> bool:
        return bool(self.ancestors or self.children)


@dataclass(frozen=True, slots=True)
class MadeModel:
    """step: of the training, when it was saved."""

    model: LoggedModelView
    step: int


@dataclass(frozen=True, slots=True)
class Lineage:
    datasets: tuple[DatasetUse, ...]
    read: tuple[MadeModel, ...]
    made: tuple[MadeModel, ...]


def read_family(organization_id: UUID, run: RunView) -> Family:
    """A parent that is deleted for good, or a circle of parents, ends the climb."""
    below = RunQuery(
        experiment_ids=(run.experiment_id,),
        filter=f"tags.`{PARENT}` = '{run.id.hex}'",
        order_by=("attributes.start_time ASC",),
        limit=MOST_CHILDREN + 1,
    )
    children = list_runs(organization_id, below).runs
    ancestors = _climb(organization_id, run)
    rows = with_costs(organization_id, [*ancestors, *children[:MOST_CHILDREN]])
    return Family(rows[: len(ancestors)], rows[len(ancestors) :], len(children) > MOST_CHILDREN)


def read_lineage(organization_id: UUID, run: RunView) -> Lineage:
    links = links_of_runs(organization_id, [run.id]).get(run.id)
    if links is None:
        return Lineage((), (), ())
    uses = links.models[:MOST_MODELS]
    found = dict(_read_models(organization_id, [use.model_id for use in uses]))
    models = [(use.role, MadeModel(found[use.model_id], use.step)) for use in uses if use.model_id in found]
    return Lineage(
        links.datasets,
        tuple(model for role, model in models if role is ModelRole.INPUT),
        tuple(model for role, model in models if role is ModelRole.OUTPUT),
    )


def _climb(organization_id: UUID, run: RunView) -> list[RunView]:
    found: list[RunView] = []
    seen = {run.id}
    while len(found) < MOST_ANCESTORS:
        parent = _read_id(run.tags.get(PARENT, ""))
        if parent is None or parent in seen:
            break
        runs = get_runs(organization_id, [parent])
        if parent not in runs:
            break
        run = runs[parent]
        seen.add(run.id)
        found.insert(0, run)
    return found


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _read_models(organization_id: UUID, model_ids: Iterable[UUID]) -> Iterable[tuple[UUID, LoggedModelView]]:
    for model_id in dict.fromkeys(model_ids):
        try:
            yield model_id, get_logged_model(organization_id, model_id)
        except NotFound:
            continue  # deleted models are not shown
