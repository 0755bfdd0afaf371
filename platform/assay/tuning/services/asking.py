"""Asking the sampler for the next trials: rows in, rows out, in one transaction."""

from assay.core import signals
from assay.core.deferral import defer
from assay.tuning.domain.observations import Observation, Request, startup_trials
from assay.tuning.domain.specs import SweepSpec
from assay.tuning.domain.states import OPEN_TRIALS, Direction
from assay.tuning.models import Sweep, Trial
from assay.tuning.samplers import SAMPLERS
from assay.tuning.selectors.trials import list_observations


def ask_for_trials(sweep: Sweep, spec: SweepSpec) -> None:
    """Fill the sweep up to its parallelism and never beyond max_trials. Called under the sweep's lock."""
    observations = list_observations(sweep.organization_id, sweep.id, space=spec.space, direction=Direction(sweep.direction))
    busy = Trial.objects.filter(sweep=sweep, state__in=OPEN_TRIALS).count()
    wanted = min(sweep.parallelism - busy, sweep.max_trials - len(observations))
    for number in range(len(observations) + 1, len(observations) + wanted + 1):
        observations.append(_ask(sweep, spec, observations, number))
    if wanted > 0:
        signals.send_after_commit(signals.sweep_changed, organization_id=sweep.organization_id, sweep_id=sweep.id)


def _ask(sweep: Sweep, spec: SweepSpec, observations: list[Observation], number: int) -> Observation:
    request = Request(number=number, seed=sweep.seed, startup_trials=startup_trials(sweep.max_trials))
    params = SAMPLERS[spec.sampler](spec.space, observations, request)
    trial = Trial.objects.create(organization_id=sweep.organization_id, sweep=sweep, number=number, params=dict(params))
    defer("tuning.run_trial", queue="trials", organization_id=str(sweep.organization_id), trial_id=str(trial.id))
    return Observation(number, params, None)
