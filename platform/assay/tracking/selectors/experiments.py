"""Reads of experiments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Max, OuterRef, Q, TextField
from django.db.models.functions import Cast

from assay.core.statements import execute_prepared
from assay.tracking.domain.errors import ExperimentNotFound
from assay.tracking.domain.queries import ExperimentPage, ExperimentQuery
from assay.tracking.domain.search.clauses import Kind
from assay.tracking.domain.search.parser import parse_order, parse_search
from assay.tracking.domain.search.vocabularies import EXPERIMENTS
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.domain.values import ExperimentView
from assay.tracking.models import Experiment, ExperimentTag, Run
from assay.tracking.selectors.filters import Attribute, Schema, compile_search
from assay.tracking.selectors.keysets import SortKey, load_instant, load_number, sort_keys, take_page
from assay.tracking.selectors.teams import experiments_of_team

SCHEMA = Schema(
    attributes={
        "name": Attribute(F("name")),
        "experiment_id": Attribute(Cast("number", TextField())),
        "creation_time": Attribute(F("created_at"), is_instant=True),
        "last_update_time": Attribute(F("updated_at"), is_instant=True),
    },
    rows={Kind.TAG: lambda key: ExperimentTag.objects.filter(experiment_id=OuterRef("pk"), key=key)},
    relations={Kind.TAG: "tags"},
)
_IDS = "SELECT number, id FROM tracking_experiment WHERE organization_id = %(organization)s AND number = ANY(%(numbers)s::bigint[])"
NEWEST_FIRST = (SortKey(F("created_at"), load_instant, descending=True), SortKey(F("number"), load_number, descending=True))


@dataclass(frozen=True, slots=True)
class Activity:
    """What goes on in an experiment: its active runs, how many of them are running, and the newest start."""

    runs: int
    running: int
    last_started_at: datetime | None


def get_experiment(organization_id: UUID, experiment_id: UUID) -> ExperimentView:
    """Active or deleted. raises: ExperimentNotFound."""
    row = Experiment.objects.filter(organization_id=organization_id, id=experiment_id).first()
    if row is None:
        raise ExperimentNotFound(experiment_id)
    return _view_experiments([row])[0]


def find_experiment_by_number(organization_id: UUID, number: int) -> ExperimentView | None:
    rows = list(Experiment.objects.filter(organization_id=organization_id, number=number))
    return next(iter(_view_experiments(rows)), None)


def find_experiment_by_name(organization_id: UUID, name: str) -> ExperimentView | None:
    """Names are kept by deleted experiments too, so at most one has it."""
    rows = list(Experiment.objects.filter(organization_id=organization_id, name=name))
    return next(iter(_view_experiments(rows)), None)


def find_ids(organization_id: UUID, numbers: Sequence[int], *, team_id: UUID | None = None) -> dict[int, UUID]:
    """The ids of those experiments that exist, by number. team_id: only that team's and the Default; None for all."""
    if team_id is None:
        with execute_prepared(_IDS, {"organization": organization_id, "numbers": list(numbers)}) as cursor:
            return dict(cursor.fetchall())
    rows = Experiment.objects.filter(organization_id=organization_id, number__in=numbers)
    return dict(rows.filter(id__in=experiments_of_team(organization_id, team_id)).values_list("number", "id"))


def list_experiments(organization_id: UUID, query: ExperimentQuery) -> ExperimentPage:
    """raises: FilterRefused, PageTokenRefused."""
    keys = sort_keys(parse_order(query.order_by, EXPERIMENTS), SCHEMA, NEWEST_FIRST)
    condition = compile_search(parse_search(query.filter, EXPERIMENTS), SCHEMA)
    rows = Experiment.objects.filter(condition, organization_id=organization_id, lifecycle_stage__in=query.view.stages)
    if query.team_id is not None:
        rows = rows.filter(id__in=experiments_of_team(organization_id, query.team_id))
    question = (query.filter, query.order_by, query.view, query.team_id)
    found, next_page_token = take_page(rows, keys, limit=query.limit, page_token=query.page_token, question=question)
    return ExperimentPage(tuple(_view_experiments(found)), next_page_token)


def list_activity(organization_id: UUID, experiment_ids: Sequence[UUID]) -> dict[UUID, Activity]:
    """One entry per experiment that has active runs."""
    rows = (
        Run.objects.filter(organization_id=organization_id, experiment_id__in=experiment_ids)
        .filter(lifecycle_stage=LifecycleStage.ACTIVE)
        .values("experiment_id")
        .annotate(runs=Count("id"), running=Count("id", filter=Q(status=RunStatus.RUNNING)), newest=Max("started_at"))
        .values_list("experiment_id", "runs", "running", "newest")
    )
    return {experiment_id: Activity(runs, running, newest) for experiment_id, runs, running, newest in rows}


def _view_experiments(rows: Sequence[Experiment]) -> list[ExperimentView]:
    tags: dict[UUID, dict[str, str]] = defaultdict(dict)
    if rows:
        found = ExperimentTag.objects.filter(experiment_id__in=[row.id for row in rows]).order_by("experiment_id", "key")
        for experiment_id, key, value in found.values_list("experiment_id", "key", "value"):
            tags[experiment_id][key] = value
    return [
        ExperimentView(
            id=row.id,
            number=row.number,
            name=row.name,
            artifact_location=row.artifact_location,
            lifecycle_stage=LifecycleStage(row.lifecycle_stage),
            created_at=row.created_at,
            updated_at=row.updated_at,
            tags=tags.get(row.id, {}),
            team_id=row.team_id,
        )
        for row in rows
    ]
