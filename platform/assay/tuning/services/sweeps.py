"""Starting and stopping sweeps."""

import secrets
from uuid import UUID

from django.db import transaction

from assay.accounts.services import audit
from assay.core import signals
from assay.core.deferral import defer
from assay.core.errors import NotFound
from assay.tuning.domain.parsing import parse_spec
from assay.tuning.domain.states import SweepState
from assay.tuning.models import Sweep
from assay.tuning.services.attempts import ensure_experiment
from assay.tuning.services.stopping import begin_stopping, close_if_done, lock_sweep, stop_waiting_trials


def start_sweep(organization_id: UUID, *, user_id: UUID, spec: str, workdir: str) -> UUID:
    """Store a sweep; its first trials are asked for as soon as a worker hears of it.

    spec: text of the sweep file. workdir: absolute folder, on the workers, where that file lies.
    raises: Invalid naming the key; Conflict when its experiment is deleted.
    """
    parsed = parse_spec(spec, workdir=workdir)
    with transaction.atomic():
        sweep = Sweep.objects.create(
            organization_id=organization_id,
            name=parsed.name,
            spec=spec,
            workdir=workdir,
            seed=secrets.randbelow(2**31) if parsed.seed is None else parsed.seed,
            max_trials=parsed.max_trials,
            parallelism=parsed.parallelism,
            metric=parsed.metric,
            direction=parsed.direction,
            experiment_id=ensure_experiment(organization_id, parsed.experiment),
            started_by_id=user_id,
        )
        audit.record(organization_id, actor_id=user_id, action="sweep.started", subject=sweep.name, details=_details(sweep))
        defer("tuning.advance_sweep", organization_id=str(organization_id), sweep_id=str(sweep.id))
        signals.send_after_commit(signals.sweep_changed, organization_id=organization_id, sweep_id=sweep.id)
        return sweep.id


def stop_sweep(organization_id: UUID, sweep_id: UUID, *, user_id: UUID) -> None:
    """Ask for no further trial and end those that run: their workers hear of it within 5 seconds.

    A sweep of which nothing runs ends at once, also while no worker is up; one that has ended stays as it is. raises: NotFound.
    """
    with transaction.atomic():
        lock_sweep(sweep_id)
        sweep = Sweep.objects.filter(organization_id=organization_id, id=sweep_id).first()
        if sweep is None:
            raise NotFound("There is no such sweep.", sweep_id=str(sweep_id))
        if begin_stopping(sweep):
            audit.record(organization_id, actor_id=user_id, action="sweep.stopped", subject=sweep.name, details=_details(sweep))
        if sweep.state == SweepState.STOPPING:
            stop_waiting_trials(sweep)
            close_if_done(sweep)


def _details(sweep: Sweep) -> dict[str, object]:
    return {"sweep_id": str(sweep.id)}
