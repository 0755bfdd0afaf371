"""Background work of sweeps."""

from assay.tuning.tasks.sweeps import advance_sweep, advance_sweeps
from assay.tuning.tasks.trials import run_trial

__all__ = ["advance_sweep", "advance_sweeps", "run_trial"]
