"""When checks ran, what each of them said, and what an organization chose for them."""

from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.recommendations.domain.states import CheckResultState, CheckRunState

NAME_LENGTH = 64


class CheckRun(TenantModel):
    """One look at everything. It has a result per check from its start on, and is complete when none of them waits for a worker.

    trigger: `schedule` or `person`.
    """

    state = models.CharField(max_length=16, default=CheckRunState.RUNNING.value)
    trigger = models.CharField(max_length=16)
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-started_at"], name="check_run_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(state=CheckRunState.RUNNING.value), name="check_run_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in CheckRunState]), name="check_run_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class CheckResult(TenantModel):
    """What one check said in one run. message: why it waits, or how it failed. attempts: the fencing token of its worker.

    log: `{at, message}` each. found: how many things; new: how many of them were not known.
    """

    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="results")
    check_name = models.CharField(max_length=NAME_LENGTH)
    state = models.CharField(max_length=16, default=CheckResultState.QUEUED.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    found = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(null=True, blank=True)
    message = models.TextField(blank=True, default="")
    log = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "check_name", "-finished_at"], name="check_result_latest")]
        constraints = [
            models.UniqueConstraint(fields=["run", "check_name"], name="check_result_once_per_run"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in CheckResultState]), name="check_result_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_name}: {self.state}"


class CheckSettings(TenantModel):
    """options: those that differ from the check's own. changed_at: findings of before that vanish may do so because of it."""

    check_name = models.CharField(max_length=NAME_LENGTH)
    options = models.JSONField(default=dict)
    paused = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "check_name"], name="check_settings_once_per_check")]

    def __str__(self) -> str:
        return self.check_name
