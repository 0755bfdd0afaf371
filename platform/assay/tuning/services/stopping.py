"""The way from running to stopping, by a person or by the sweep itself."""

from assay.core import signals
from assay.tuning.domain.states import SweepState
from assay.tuning.models import Sweep


def begin_stopping(sweep: Sweep, *, error: str = "") -> bool:
    """From running to stopping, once. error: makes the sweep end as failed."""
    began = Sweep.objects.filter(id=sweep.id, state=SweepState.RUNNING).update(state=SweepState.STOPPING, error=error)
    if began:
        sweep.state, sweep.error = SweepState.STOPPING, error
        signals.send_after_commit(signals.sweep_changed, organization_id=sweep.organization_id, sweep_id=sweep.id)
    return bool(began)
