from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.tuning.domain.states import ENDED_TRIALS, TrialState
from assay.tuning.models.sweeps import Sweep


class Trial(TenantModel):
    """One evaluation in a sweep; its row is the truth, a message that speaks of it only a hint.

    number: 1, 2, … in order of suggestion. attempt: how often it was started. losses: how often the worker died under it.
    lease_token: who may write its end; a new one with each attempt. token_id: the API token of the running attempt.
    waiting_since, hinted_at: since when it waits, and when its message was last sent.
    """

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="trials")
    number = models.PositiveIntegerField()
    params = models.JSONField()
    state = models.CharField(max_length=9, default=TrialState.WAITING.value)
    attempt = models.PositiveIntegerField(default=0)
    losses = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    token_id = models.UUIDField(null=True, blank=True)
    run = models.ForeignKey("tracking.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="trials")
    value = models.FloatField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)
    waiting_since = models.DateTimeField(default=now)
    hinted_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sweep", "number"], name="trial_number_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="trial_number_from_one"),
            models.CheckConstraint(
                condition=models.Q(state__in=[member.value for member in TrialState]), name="trial_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=TrialState.RUNNING.value, lease_token__isnull=False, lease_until__isnull=False)
                | (~models.Q(state=TrialState.RUNNING.value) & models.Q(lease_token__isnull=True, lease_until__isnull=True)),
                name="trial_leased_while_running",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ENDED_TRIALS], ended_at__isnull=False)
                | (~models.Q(state__in=[state.value for state in ENDED_TRIALS]) & models.Q(ended_at__isnull=True)),
                name="trial_ended_when_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(state=TrialState.SUCCEEDED.value, value__isnull=False)
                | (~models.Q(state=TrialState.SUCCEEDED.value) & models.Q(value__isnull=True)),
                name="trial_value_when_succeeded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sweep_id} #{self.number}"
