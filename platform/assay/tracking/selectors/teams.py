"""Whose an object is: the team of its experiment. The Default experiment is everybody's."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from assay.tracking.models import Experiment, LoggedModel, Run, Trace

DEFAULT_NUMBER = 0


def experiments_of_team(organization_id: UUID, team_id: UUID) -> QuerySet[Experiment]:
    """Those of the team, and the Default."""
    return Experiment.objects.filter(Q(team_id=team_id) | Q(number=DEFAULT_NUMBER), organization_id=organization_id)


def find_run_outside(organization_id: UUID, team_id: UUID, run_ids: Iterable[UUID]) -> UUID | None:
    """One of the runs that exist and are another team's."""
    theirs = Run.objects.filter(organization_id=organization_id, id__in=list(run_ids))
    return theirs.exclude(experiment__in=experiments_of_team(organization_id, team_id)).values_list("id", flat=True).first()


def find_model_outside(organization_id: UUID, team_id: UUID, model_ids: Iterable[UUID]) -> UUID | None:
    """As find_run_outside, of logged models."""
    theirs = LoggedModel.objects.filter(organization_id=organization_id, id__in=list(model_ids))
    return theirs.exclude(experiment__in=experiments_of_team(organization_id, team_id)).values_list("id", flat=True).first()


def find_trace_outside(organization_id: UUID, team_id: UUID, trace_ids: Iterable[str]) -> str | None:
    """As find_run_outside, of traces."""
    theirs = Trace.objects.filter(organization_id=organization_id, trace_id__in=list(trace_ids))
    outside = theirs.exclude(experiment__in=experiments_of_team(organization_id, team_id))
    return outside.values_list("trace_id", flat=True).first()
