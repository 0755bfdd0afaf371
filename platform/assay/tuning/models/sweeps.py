from django.conf import settings
from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.tuning.domain.states import OPEN_SWEEPS, Direction, SweepState


class Sweep(TenantModel):
    """A hyperparameter search. `spec` is its file as written; `workdir` is where that file lay.

    error: why it failed; a sweep that is stopping and has an error ends as failed.
    started_by: in whose name the trials log; a sweep outlives its starter, but starts no further trial without one.
    """

    name = models.CharField(max_length=200)
    spec = models.TextField()
    workdir = models.TextField()
    state = models.CharField(max_length=8, default=SweepState.RUNNING.value)
    seed = models.BigIntegerField()
    max_trials = models.PositiveIntegerField()
    parallelism = models.PositiveIntegerField()
    metric = models.CharField(max_length=250)
    direction = models.CharField(max_length=8)
    experiment = models.ForeignKey("tracking.Experiment", on_delete=models.CASCADE, related_name="sweeps")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[member.value for member in SweepState]), name="sweep_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=[member.value for member in Direction]), name="sweep_direction_known"
            ),
            models.CheckConstraint(condition=models.Q(max_trials__gte=1, parallelism__gte=1), name="sweep_bounds_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in OPEN_SWEEPS], ended_at__isnull=True)
                | (~models.Q(state__in=[state.value for state in OPEN_SWEEPS]) & models.Q(ended_at__isnull=False)),
                name="sweep_ended_when_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="sweep_newest"),
            models.Index(
                fields=["organization"], condition=models.Q(state__in=[state.value for state in OPEN_SWEEPS]), name="sweep_open"
            ),
        ]

    def __str__(self) -> str:
        return self.name
