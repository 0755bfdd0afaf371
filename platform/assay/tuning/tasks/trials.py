"""Trials on a worker. When the worker shuts down, its trials are given back instead of being waited for."""

import mmap
from uuid import UUID

from celery import shared_task
from celery.signals import worker_shutting_down

from assay.tuning.domain.specs import LONGEST_TRIAL
from assay.tuning.services import execution

_leaving = mmap.mmap(-1, 1)
"""One byte that the worker shares with the processes it forks: the signal below reaches the worker only."""

_limit_seconds = LONGEST_TRIAL.total_seconds() + 3600
"""The trial's own timeout ends it; Celery's limit is only there because a task cannot be without one."""


@worker_shutting_down.connect  # type: ignore[untyped-decorator]  # celery ships no types
def note_leaving(**_: object) -> None:
    _leaving[0] = 1


def is_leaving() -> bool:
    return _leaving[0] == 1


@shared_task(name="tuning.run_trial", soft_time_limit=_limit_seconds, time_limit=_limit_seconds)  # type: ignore[untyped-decorator]  # celery ships no types
def run_trial(*, organization_id: str, trial_id: str) -> None:
    execution.run_trial(UUID(organization_id), UUID(trial_id), is_leaving=is_leaving)
