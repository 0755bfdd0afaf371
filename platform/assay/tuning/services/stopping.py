"""The way of a sweep to its end: asked for by a person, by the sweep itself, or because all is done."""

from uuid import UUID

from django.db import connection

from assay.core import signals
from assay.core.clock import now
from assay.tuning.domain.states import OPEN_TRIALS, SweepState, TrialState
from assay.tuning.models import Sweep, Trial


def lock_sweep(sweep_id: UUID) -> None:
    """One advance of a sweep at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tuning.sweep:{sweep_id}"])


def begin_stopping(sweep: Sweep, *, error: str = "") -> bool:
    """From running to stopping, once. error: makes the sweep end as failed."""
    began = Sweep.objects.filter(id=sweep.id, state=SweepState.RUNNING).update(state=SweepState.STOPPING, error=error)
    if began:
        sweep.state, sweep.error = SweepState.STOPPING, error
        signals.send_after_commit(signals.sweep_changed, organization_id=sweep.organization_id, sweep_id=sweep.id)
    return bool(began)


def stop_waiting_trials(sweep: Sweep) -> None:
    waiting = Trial.objects.filter(sweep=sweep, state=TrialState.WAITING)
    if waiting.update(state=TrialState.STOPPED, error="Stopped with its sweep.", ended_at=now()):
        signals.send_after_commit(signals.sweep_changed, organization_id=sweep.organization_id, sweep_id=sweep.id)


def close_if_done(sweep: Sweep) -> None:
    if Trial.objects.filter(sweep=sweep, state__in=OPEN_TRIALS).exists():
        return
    if sweep.state == SweepState.RUNNING:
        if Trial.objects.filter(sweep=sweep).count() < sweep.max_trials:
            return
        end = SweepState.FINISHED
    else:
        end = SweepState.FAILED if sweep.error else SweepState.STOPPED
    closed = Sweep.objects.filter(id=sweep.id, state=sweep.state).update(state=end, ended_at=now())
    if closed:
        signals.send_after_commit(signals.sweep_changed, organization_id=sweep.organization_id, sweep_id=sweep.id)
