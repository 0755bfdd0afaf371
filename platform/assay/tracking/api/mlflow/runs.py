"""runs/*: beginning, ending, finding."""

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import bodies
from assay.tracking.api.mlflow.calls import Call, Wire, reads, writes
from assay.tracking.api.mlflow.experiments import DEFAULT_LIMIT, HIGHEST_LIMIT, find_experiment_id, find_known_ids
from assay.tracking.api.mlflow.parse import choice_of, limit_of, pairs_of, run_id_of, visibility_of
from assay.tracking.api.mlflow.run_objects import write_new_run, write_run, write_run_info
from assay.tracking.api.mlflow.serialize import write_page
from assay.tracking.api.mlflow.words import RUN_NAME, USER, translate_order, translate_search
from assay.tracking.domain.instants import instant_of
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.search.vocabularies import RUNS
from assay.tracking.domain.states import RunStatus
from assay.tracking.selectors.inputs import links_of_runs
from assay.tracking.selectors.runs import get_contents, list_contents
from assay.tracking.services import runs
from assay.tracking.services.at_once import end_run_at_once

UNKNOWN_USER = "unknown"
"""What the client says when it does not know."""
STATUSES = dict(
    enumerate((RunStatus.RUNNING, RunStatus.SCHEDULED, RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED), start=1)
)


@writes(bodies.CreateRun)
def create(call: Call, body: bodies.CreateRun) -> Wire:
    tags = pairs_of(body.tags, "tags")
    run = runs.create_run(
        call.organization_id,
        experiment_id=find_experiment_id(call, body.experiment_id or "0"),
        name=_one_name(body.run_name or "", tags.pop(RUN_NAME, "")),
        user_name=_user(body.user_id, tags.get(USER), call.principal.email),
        started_at=None if body.start_time is None else instant_of(body.start_time, field="start_time"),
        tags=tags,
    )
    return {"run": write_new_run(run)}


@reads(bodies.OneRun)
def get(call: Call, body: bodies.OneRun) -> Wire:
    run = get_contents(call.organization_id, run_id_of(body))
    links = links_of_runs(call.organization_id, [run.id] if run.has_links else [])
    return {"run": write_run(run, links.get(run.id))}


def _end_at_once(authorization: str, body: bodies.UpdateRun) -> Wire | None:
    status = choice_of(body.status, STATUSES, "status")
    if status is None or not status.is_terminal or body.end_time is None or body.run_name:
        return None
    ended_at = instant_of(body.end_time, field="end_time")
    run = end_run_at_once(authorization, run_id_of(body), status=status, ended_at=ended_at)
    return None if run is None else {"run_info": write_run_info(run)}


@writes(bodies.UpdateRun, at_once=_end_at_once)
def update(call: Call, body: bodies.UpdateRun) -> Wire:
    run = runs.update_run(
        call.organization_id,
        run_id_of(body),
        status=choice_of(body.status, STATUSES, "status"),
        ended_at=None if body.end_time is None else instant_of(body.end_time, field="end_time"),
        name=body.run_name or None,
    )
    return {"run_info": write_run_info(run)}


@writes(bodies.OneRun)
def delete(call: Call, body: bodies.OneRun) -> Wire:
    runs.delete_run(call.organization_id, run_id_of(body), actor_id=call.principal.user_id)
    return {}


@writes(bodies.OneRun)
def restore(call: Call, body: bodies.OneRun) -> Wire:
    runs.restore_run(call.organization_id, run_id_of(body), actor_id=call.principal.user_id)
    return {}


@reads(bodies.SearchRuns)
def search(call: Call, body: bodies.SearchRuns) -> Wire:
    query = RunQuery(
        experiment_ids=find_known_ids(call, body.experiment_ids),
        filter=translate_search(body.filter, RUNS),
        order_by=translate_order(body.order_by, RUNS),
        limit=limit_of(body.max_results, default=DEFAULT_LIMIT, highest=HIGHEST_LIMIT),
        page_token=body.page_token or "",
        view=visibility_of(body.run_view_type, "run_view_type"),
    )
    found, next_page_token = list_contents(call.organization_id, query)
    links = links_of_runs(call.organization_id, [run.id for run in found if run.has_links])
    return write_page("runs", (write_run(run, links.get(run.id)) for run in found), next_page_token)


def _one_name(argument: str, tag: str) -> str:
    if argument and tag and argument != tag:
        raise Invalid(
            f"Both 'run_name' argument and '{RUN_NAME}' tag are specified, but with different values "
            f"(run_name='{argument}', {RUN_NAME}='{tag}')."
        )
    return argument or tag


def _user(argument: str | None, tag: str | None, email: str) -> str:
    named = argument if argument != UNKNOWN_USER else None
    return named or tag or email
