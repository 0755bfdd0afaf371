"""Trials of a sweep, and what their commands wrote."""

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings

from assay.core.errors import NotFound
from assay.tuning.domain.observations import Observation
from assay.tuning.domain.spaces import Space, restore_params
from assay.tuning.domain.states import Direction, TrialState
from assay.tuning.domain.views import TrialOutput, TrialView
from assay.tuning.models import Sweep, Trial

LONGEST_OUTPUT_BYTES = 5 * 1024 * 1024


def list_trials(organization_id: UUID, sweep_id: UUID) -> list[TrialView]:
    """All trials of a sweep by number; a sweep has at most 10,000. raises: NotFound."""
    if not Sweep.objects.filter(organization_id=organization_id, id=sweep_id).exists():
        raise NotFound("There is no such sweep.", sweep_id=str(sweep_id))
    return [_view(trial) for trial in Trial.objects.filter(sweep_id=sweep_id).order_by("number")]


def get_trial(organization_id: UUID, trial_id: UUID) -> TrialView:
    trial = Trial.objects.filter(organization_id=organization_id, id=trial_id).first()
    if trial is None:
        raise NotFound("There is no such trial.", trial_id=str(trial_id))
    return _view(trial)


def list_observations(organization_id: UUID, sweep_id: UUID, *, space: Space, direction: Direction) -> list[Observation]:
    """What a sampler is told of a sweep, by number."""
    rows = Trial.objects.filter(organization_id=organization_id, sweep_id=sweep_id).order_by("number")
    return [
        Observation(number, restore_params(space, params), None if value is None else direction.loss(value))
        for number, params, value in rows.values_list("number", "params", "value")
    ]


def output_folder(trial_id: UUID, attempt: int) -> Path:
    """Where the output of an attempt lies, on every machine that mounts ASSAY_TRIALS_ROOT."""
    return Path(settings.ASSAY_TRIALS_ROOT) / trial_id.hex / str(attempt)


def get_output(organization_id: UUID, trial_id: UUID, *, attempt: int | None = None) -> TrialOutput:
    """Output of one attempt, the latest unless told; grows while the command runs, empty before. raises: NotFound."""
    trial = get_trial(organization_id, trial_id)
    chosen = trial.attempt if attempt is None else attempt
    if not 0 <= chosen <= trial.attempt:
        raise NotFound(f"Trial {trial.number} has no attempt {chosen}, but {trial.attempt}.", trial_id=str(trial_id))
    folder = output_folder(trial_id, chosen)
    return TrialOutput(trial_id, chosen, read_tail(folder / "stdout.txt"), read_tail(folder / "stderr.txt"))


def read_tail(path: Path, *, limit_bytes: int = LONGEST_OUTPUT_BYTES) -> str:
    """The last bytes of a file as text; empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - limit_bytes, 0))
            return file.read(limit_bytes).decode(errors="replace")
    except FileNotFoundError:
        return ""


def _view(trial: Trial) -> TrialView:
    return TrialView(
        id=trial.id,
        sweep_id=trial.sweep_id,
        number=trial.number,
        params=trial.params,
        state=TrialState(trial.state),
        attempt=trial.attempt,
        run_id=trial.run_id,
        value=trial.value,
        exit_code=trial.exit_code,
        error=trial.error,
        created_at=trial.created_at,
        started_at=trial.started_at,
        ended_at=trial.ended_at,
    )
