"""Whether a run that says it runs still does.

A client that promises heartbeats sends one every 20 seconds; each write counts as one. A run that is not heard of for too long (that
of a client that promised nothing: for as long as its organization says) is lost: it ended when it was last heard of, so it costs nothing after that. Its next write makes it running again.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from assay.accounts.selectors.organizations import get_organization
from assay.core.clock import now
from assay.core.signals import run_changed, send_after_commit
from assay.tracking.domain.instants import floor_to_millisecond
from assay.tracking.domain.states import RunStatus
from assay.tracking.models import Run
from assay.tracking.services.locks import lock_run

PROMISED_SILENCE = timedelta(minutes=2)
"""After a heartbeat was promised: six of them may be missing."""

MARKED_AT_ONCE = 500


def receive_heartbeat(organization_id: UUID, run_id: UUID) -> RunStatus:
    """The client says that the run lives, and promises to say so again. returns: the run's status, by which the client stops.

    A run that has ended stays ended. raises: RunNotFound, NotActive.
    """
    with transaction.atomic():
        run = lock_run(organization_id, run_id)
        if RunStatus(run.status).is_terminal and run.status != RunStatus.LOST:
            return RunStatus(run.status)
        Run.objects.filter(id=run_id, expects_heartbeat=False).update(expects_heartbeat=True)
        keep_alive(organization_id, run_id)
    return RunStatus.RUNNING if run.status == RunStatus.LOST else RunStatus(run.status)


def keep_alive(organization_id: UUID, run_id: UUID) -> None:
    """Note that the run was heard of now; a lost one runs again. Called inside a transaction, at most every few seconds a run."""
    at = now()
    lost = Run.objects.filter(id=run_id, status=RunStatus.LOST)
    if lost.update(status=RunStatus.RUNNING, ended_at=None, last_heartbeat_at=at):
        send_after_commit(run_changed, organization_id=organization_id, run_id=run_id)
        return
    Run.objects.filter(id=run_id).update(last_heartbeat_at=at)


def mark_lost_runs(organization_id: UUID) -> int:
    """Give up on running runs that were not heard of for too long, at most 500. returns: how many."""
    at = now()
    unpromised = timedelta(hours=get_organization(organization_id).silent_run_hours)
    silent = Q(expects_heartbeat=True, last_heartbeat_at__lt=at - PROMISED_SILENCE) | Q(last_heartbeat_at__lt=at - unpromised)
    with transaction.atomic():
        rows = Run.objects.filter(silent, organization_id=organization_id, status=RunStatus.RUNNING)
        found = list(rows.order_by("id").select_for_update(no_key=True, skip_locked=True)[:MARKED_AT_ONCE])
        for run in found:
            run.status = RunStatus.LOST
            run.ended_at = _ended_at(run)
            send_after_commit(run_changed, organization_id=organization_id, run_id=run.id)
        Run.objects.bulk_update(found, ["status", "ended_at"])
    return len(found)


def _ended_at(run: Run) -> datetime:
    """Not before its start, which the client's own clock told."""
    return max(floor_to_millisecond(run.last_heartbeat_at), run.started_at)
