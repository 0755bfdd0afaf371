"""Sweeps and their trials."""

from assay.tuning.models.sweeps import Sweep
from assay.tuning.models.trials import Trial

__all__ = ["Sweep", "Trial"]
