"""experiments/*: their ids are the organization's own numbers, and 0 is always there."""

from uuid import UUID

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import bodies
from assay.tracking.api.mlflow.calls import Call, Wire, reads, writes
from assay.tracking.api.mlflow.parse import limit_of, pairs_of, require, visibility_of
from assay.tracking.api.mlflow.serialize import write_experiment, write_page
from assay.tracking.api.mlflow.words import from_wire_uri, translate_order, translate_search
from assay.tracking.domain.errors import ExperimentNameUnknown, ExperimentNotFound
from assay.tracking.domain.queries import ExperimentQuery
from assay.tracking.domain.search.vocabularies import EXPERIMENTS
from assay.tracking.domain.values import ExperimentView
from assay.tracking.selectors import experiments as selectors
from assay.tracking.selectors.inputs import list_dataset_summaries
from assay.tracking.services import experiments

HIGHEST_NUMBER = 2**31 - 1
HIGHEST_LIMIT = 50_000
DEFAULT_LIMIT = 1_000
MOST_EXPERIMENTS = 20


def find_experiment(call: Call, experiment_id: str | None) -> ExperimentView:
    """raises: ExperimentNotFound, Invalid."""
    number = parse_number(require(experiment_id, "experiment_id"))
    if number == experiments.DEFAULT_NUMBER:
        return experiments.ensure_default_experiment(call.organization_id)
    found = selectors.find_experiment_by_number(call.organization_id, number) if number <= HIGHEST_NUMBER else None
    if found is None or not _is_in_workspace(call, found):
        raise ExperimentNotFound(number)
    return found


def find_experiment_id(call: Call, experiment_id: str) -> UUID:
    """As find_experiment, for those who need no more than to name it to a service. raises: ExperimentNotFound, Invalid."""
    number = parse_number(experiment_id)
    known = selectors.find_ids(call.organization_id, [number], team_id=call.team_id) if number <= HIGHEST_NUMBER else {}
    return known[number] if number in known else find_experiment(call, experiment_id).id


def find_known_ids(call: Call, experiment_ids: list[str]) -> tuple[UUID, ...]:
    """Searches pass over experiments that do not exist."""
    numbers = [number for number in map(parse_number, experiment_ids) if number <= HIGHEST_NUMBER]
    return tuple(sorted(selectors.find_ids(call.organization_id, numbers, team_id=call.team_id).values()))


def _is_in_workspace(call: Call, experiment: ExperimentView) -> bool:
    return call.team_id in (None, experiment.team_id) or experiment.number == experiments.DEFAULT_NUMBER


def parse_number(experiment_id: str) -> int:
    if not (experiment_id.isascii() and experiment_id.isdigit() and len(experiment_id) <= 64):
        raise Invalid(f"Invalid experiment ID '{experiment_id}'. Experiment ID must be a valid integer.", field="experiment_id")
    return int(experiment_id)


@writes(bodies.CreateExperiment)
def create(call: Call, body: bodies.CreateExperiment) -> Wire:
    experiment = experiments.create_experiment(
        call.organization_id,
        name=require(body.name, "name"),
        artifact_location=from_wire_uri(body.artifact_location or ""),
        tags=pairs_of(body.tags, "tags"),
        team_id=call.team_id,
    )
    return {"experiment_id": str(experiment.number)}


@reads(bodies.OneExperiment)
def get(call: Call, body: bodies.OneExperiment) -> Wire:
    return {"experiment": write_experiment(find_experiment(call, body.experiment_id))}


@reads(bodies.NamedExperiment)
def get_by_name(call: Call, body: bodies.NamedExperiment) -> Wire:
    """A deleted one too: the client says so itself."""
    name = require(body.experiment_name, "experiment_name")
    if name == experiments.DEFAULT_NAME:
        experiments.ensure_default_experiment(call.organization_id)
    experiment = selectors.find_experiment_by_name(call.organization_id, name)
    if experiment is None or not _is_in_workspace(call, experiment):
        raise ExperimentNameUnknown(name)
    return {"experiment": write_experiment(experiment)}


@reads(bodies.SearchExperiments)
def search(call: Call, body: bodies.SearchExperiments) -> Wire:
    experiments.ensure_default_experiment(call.organization_id)
    query = ExperimentQuery(
        team_id=call.team_id,
        filter=translate_search(body.filter, EXPERIMENTS),
        order_by=translate_order(body.order_by, EXPERIMENTS),
        limit=limit_of(body.max_results, default=DEFAULT_LIMIT, highest=HIGHEST_LIMIT),
        page_token=body.page_token or "",
        view=visibility_of(body.view_type, "view_type"),
    )
    page = selectors.list_experiments(call.organization_id, query)
    return write_page("experiments", map(write_experiment, page.experiments), page.next_page_token)


@writes(bodies.RenameExperiment)
def rename(call: Call, body: bodies.RenameExperiment) -> Wire:
    experiment = find_experiment(call, body.experiment_id)
    experiments.rename_experiment(call.organization_id, experiment.id, name=require(body.new_name, "new_name"))
    return {}


@writes(bodies.OneExperiment)
def delete(call: Call, body: bodies.OneExperiment) -> Wire:
    experiments.delete_experiment(
        call.organization_id, find_experiment(call, body.experiment_id).id, actor_id=call.principal.user_id
    )
    return {}


@writes(bodies.OneExperiment)
def restore(call: Call, body: bodies.OneExperiment) -> Wire:
    experiments.restore_experiment(
        call.organization_id, find_experiment(call, body.experiment_id).id, actor_id=call.principal.user_id
    )
    return {}


@writes(bodies.ExperimentTag)
def set_tag(call: Call, body: bodies.ExperimentTag) -> Wire:
    experiment = find_experiment(call, body.experiment_id)
    experiments.set_experiment_tag(call.organization_id, experiment.id, key=require(body.key, "key"), value=body.value or "")
    return {}


@writes(bodies.ExperimentTag)
def delete_tag(call: Call, body: bodies.ExperimentTag) -> Wire:
    experiment = find_experiment(call, body.experiment_id)
    experiments.delete_experiment_tag(call.organization_id, experiment.id, key=require(body.key, "key"))
    return {}


@reads(bodies.SearchDatasets)
def search_datasets(call: Call, body: bodies.SearchDatasets) -> Wire:
    if not body.experiment_ids:
        raise Invalid("SearchDatasets request must specify at least one experiment_id.", field="experiment_ids")
    if len(body.experiment_ids) > MOST_EXPERIMENTS:
        raise Invalid(
            f"SearchDatasets request cannot specify more than {MOST_EXPERIMENTS} experiment_ids. "
            f"Received {len(body.experiment_ids)} experiment_ids.",
            field="experiment_ids",
        )
    numbers = {experiment_id: parse_number(experiment_id) for experiment_id in body.experiment_ids}
    possible = [number for number in numbers.values() if number <= HIGHEST_NUMBER]
    known = selectors.find_ids(call.organization_id, possible, team_id=call.team_id)
    number_of = {experiment_id: number for number, experiment_id in known.items()}
    summaries = list_dataset_summaries(call.organization_id, list(number_of))
    return {
        "dataset_summaries": [
            {"experiment_id": str(number_of[experiment_id]), "name": name, "digest": digest, "context": context}
            for experiment_id, name, digest, context in summaries
        ]
    }
