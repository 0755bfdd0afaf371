from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.tracking.domain.states import LifecycleStage, RunStatus
from assay.tracking.models.experiments import Experiment
from assay.tracking.models.keyed import KeyedText

INDEXED_CHARACTERS = 100
"""Params and tags up to this length are indexed by their value; PostgreSQL's indexes hold no text of thousands of characters."""


class Run(TenantModel):
    """One execution of training code. ended_at may lie before started_at when the client's clock was set back.

    last_heartbeat_at: when it last wrote or said that it lives. expects_heartbeat: its client promised to say so regularly.
    """

    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, related_name="+", db_index=False)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="runs")
    name = models.CharField(max_length=500)
    user_name = models.CharField(max_length=256)
    status = models.CharField(max_length=9, default=RunStatus.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    lifecycle_stage = models.CharField(max_length=8, default=LifecycleStage.ACTIVE)
    deleted_at = models.DateTimeField(null=True, blank=True)
    artifact_uri = models.TextField()
    created_at = models.DateTimeField(default=now)
    last_heartbeat_at = models.DateTimeField(default=now)
    expects_heartbeat = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=list(RunStatus)), name="run_status_known"),
            models.CheckConstraint(
                condition=models.Q(lifecycle_stage__in=list(LifecycleStage)), name="run_lifecycle_stage_known"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "experiment", "-started_at", "id"], name="run_newest_in_experiment"),
            models.Index(fields=["organization", "-started_at", "id"], name="run_newest"),
            models.Index(
                fields=["organization", "last_heartbeat_at"], condition=models.Q(status="RUNNING"), name="run_running_heard_of"
            ),
            models.Index(
                fields=["organization", "deleted_at"], condition=models.Q(deleted_at__isnull=False), name="run_deleted"
            ),
        ]

    def __str__(self) -> str:
        return self.name


def text_indexes(name: str) -> list[models.Index]:
    """By value for the short texts and by key alone for the long ones; each answers a search without the table."""
    by_value = models.Index(
        name=f"{name}_by_value",
        fields=["experiment", "key", "value", "run"],
        include=["organization"],
        condition=models.Q(LessThanOrEqual(Length("value"), INDEXED_CHARACTERS)),
    )
    long = models.Index(
        name=f"{name}_long",
        fields=["experiment", "key", "run"],
        include=["organization"],
        condition=models.Q(GreaterThan(Length("value"), INDEXED_CHARACTERS)),
    )
    return [by_value, long]


class RunParam(KeyedText):
    """Written once: the same value again is fine, another one is refused."""

    pk = models.CompositePrimaryKey("run_id", "key")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="params", db_index=False)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        indexes = text_indexes("run_param")


class RunTag(KeyedText):
    pk = models.CompositePrimaryKey("run_id", "key")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tags", db_index=False)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        indexes = text_indexes("run_tag")
