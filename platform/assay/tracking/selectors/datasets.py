"""Datasets of the organization: a name with its versions (digests), and the runs that used them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Lower

from assay.core.errors import NotFound
from assay.tracking.domain.states import LifecycleStage, ModelRole
from assay.tracking.models import Dataset, LoggedModel, RunInput
from assay.tracking.selectors.statements import Statement

MOST_NAMES = 1_000
MOST_USES = 200
MOST_MODELS = 100

# A run counts once for a name, however many of its versions it read.
_RUNS_BY_NAME = """
SELECT DISTINCT i.run_id AS id, d.name AS value FROM tracking_runinput i
JOIN tracking_dataset d ON d.id = i.dataset_id AND d.organization_id = %(organization)s
WHERE i.organization_id = %(organization)s AND d.name = ANY(%(names)s)
"""
_RUNS_BY_DIGEST = """
SELECT DISTINCT i.run_id AS id, d.digest AS value FROM tracking_runinput i
JOIN tracking_dataset d ON d.id = i.dataset_id AND d.organization_id = %(organization)s
WHERE i.organization_id = %(organization)s AND d.name = %(name)s
"""
_VERSIONS = """
SELECT DISTINCT ON (d.digest) d.digest, d.source_type, d.source, d.schema, d.profile FROM tracking_dataset d
WHERE d.organization_id = %(organization)s AND d.name = %(name)s ORDER BY d.digest, d.id DESC
"""


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """versions: digests. first_used_at, last_used_at: starts of the first and last run that used one; None without any."""

    name: str
    versions: int
    source_type: str
    runs: int
    first_used_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """As the client described it last. schema, profile: JSON as text, None when it said nothing."""

    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None
    runs: int
    first_used_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class DatasetUseCount:
    """Active runs of an experiment that used a version for something. context: empty when they did not say what for."""

    experiment_number: int
    experiment_name: str
    digest: str
    context: str
    runs: int
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A logged model that a run using the dataset made."""

    model_id: UUID
    name: str
    run_id: UUID
    run_name: str
    digest: str
    created_at: datetime


def list_datasets(organization_id: UUID, *, words: str = "", limit: int = MOST_NAMES) -> list[DatasetSummary]:
    """By name, those with the words in it, in any case of letters."""
    rows = Dataset.objects.filter(organization_id=organization_id)
    if words:
        rows = rows.filter(name__icontains=words)
    counted = rows.values_list("name").annotate(
        versions=Count("digest", distinct=True),
        source_type=Max("source_type"),
        runs=Count("uses__run", distinct=True),
        first=Min("uses__run__started_at"),
        last=Max("uses__run__started_at"),
    )
    return [DatasetSummary(*row) for row in counted.order_by(Lower("name"), "name")[:limit]]


def list_versions(organization_id: UUID, name: str) -> list[DatasetVersion]:
    """The version used last comes first. raises: NotFound when the organization has no dataset of this name."""
    uses = (
        RunInput.objects.filter(organization_id=organization_id, dataset__name=name)
        .values_list("dataset__digest")
        .annotate(runs=Count("run", distinct=True), first=Min("run__started_at"), last=Max("run__started_at"))
    )
    used = {digest: tuple(rest) for digest, *rest in uses}
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, {"organization": organization_id, "name": name})
        versions = [DatasetVersion(*row, *used.get(row[0], (0, None, None))) for row in cursor.fetchall()]
    if not versions:
        raise NotFound(f"There is no dataset {name!r} in this organization.", name=name)
    return sorted(versions, key=lambda one: (one.last_used_at is not None, one.last_used_at, one.digest), reverse=True)


def list_uses(organization_id: UUID, name: str, *, limit: int = MOST_USES) -> list[DatasetUseCount]:
    """Where and for what the versions of a dataset were used, the newest use first."""
    rows = (
        RunInput.objects.filter(organization_id=organization_id, dataset__name=name)
        .filter(run__lifecycle_stage=LifecycleStage.ACTIVE)
        .values_list("run__experiment__number", "run__experiment__name", "dataset__digest", "context")
        .annotate(runs=Count("run", distinct=True), last=Max("run__started_at"))
    )
    return [DatasetUseCount(*row) for row in rows.order_by("-last", "dataset__digest", "context")[:limit]]


def list_trained_models(organization_id: UUID, name: str, *, limit: int = MOST_MODELS) -> list[TrainedModel]:
    """Models that came of runs that used the dataset, newest first."""
    made = Q(source_run__inputs__dataset__name=name) | Q(uses__role=ModelRole.OUTPUT, uses__run__inputs__dataset__name=name)
    models = LoggedModel.objects.filter(made, organization_id=organization_id, deleted_at=None).exclude(source_run=None)
    rows = models.order_by("-created_at", "id").distinct()[:limit].select_related("source_run")
    digests = dict(
        RunInput.objects.filter(dataset__name=name, run_id__in=[row.source_run_id for row in rows]).values_list(
            "run_id", "dataset__digest"
        )
    )
    return [
        TrainedModel(
            row.id, row.name, row.source_run.id, row.source_run.name, digests.get(row.source_run.id, ""), row.created_at
        )
        for row in rows
        if row.source_run is not None
    ]


def runs_by_name(organization_id: UUID, names: Sequence[str]) -> Statement:
    """A statement that selects the `id` of each run, deleted ones included, and as `value` the dataset that it used."""
    return Statement(_RUNS_BY_NAME, {"organization": organization_id, "names": list(names)})


def runs_by_digest(organization_id: UUID, name: str) -> Statement:
    """As runs_by_name, by the digests of one dataset."""
    return Statement(_RUNS_BY_DIGEST, {"organization": organization_id, "name": name})
