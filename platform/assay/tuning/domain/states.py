"""The states of sweeps and trials, and which way is better."""

from enum import StrEnum


class SweepState(StrEnum):
    """running → finished | stopping → stopped | failed."""

    RUNNING = "running"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


class TrialState(StrEnum):
    """waiting → running → succeeded | failed | stopped; back to waiting when a worker dies or gives the trial back."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"


class Direction(StrEnum):
    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    def loss(self, value: float) -> float:
        """The value as samplers want it: less is better."""
        return value if self is Direction.MINIMIZE else -value


class SamplerKind(StrEnum):
    TPE = "tpe"
    RANDOM = "random"


OPEN_SWEEPS = (SweepState.RUNNING, SweepState.STOPPING)
OPEN_TRIALS = (TrialState.WAITING, TrialState.RUNNING)
ENDED_TRIALS = (TrialState.SUCCEEDED, TrialState.FAILED, TrialState.STOPPED)
