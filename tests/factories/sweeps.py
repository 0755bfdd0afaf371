"""Sweeps for tests."""

from dataclasses import dataclass
from uuid import UUID

from assay.accounts.models import Membership
from assay.core import tenancy
from assay.tuning.models import Sweep
from assay.tuning.services import sweeps
from tests.factories.organizations import found_organization

SPEC = """
name: digits
command: {command}
metric: accuracy
direction: {direction}
max_trials: {max_trials}
parallelism: {parallelism}
seed: 7
timeout_seconds: {timeout_seconds}
sampler: {sampler}
space:
  c: {{type: uniform, low: 0, high: 10}}
  kernel: {{type: choice, values: [rbf, poly]}}
"""


@dataclass(frozen=True)
class Founder:
    """An organization and its owner."""

    organization_id: UUID
    user_id: UUID


def found(email: str = "ada@example.com") -> Founder:
    organization = found_organization(owner_email=email)
    with tenancy.scope(organization.id):
        return Founder(organization.id, Membership.objects.get().user_id)


def spec_text(
    *,
    command: str = "python train.py --c {c} --kernel {kernel}",
    direction: str = "maximize",
    max_trials: int = 6,
    parallelism: int = 2,
    timeout_seconds: int = 60,
    sampler: str = "random",
) -> str:
    return SPEC.format(
        command=command,
        direction=direction,
        max_trials=max_trials,
        parallelism=parallelism,
        timeout_seconds=timeout_seconds,
        sampler=sampler,
    )


def start(founder: Founder, *, spec: str = "", workdir: str = "/tmp") -> Sweep:
    """A started sweep. Called inside the founder's scope."""
    sweep_id = sweeps.start_sweep(founder.organization_id, user_id=founder.user_id, spec=spec or spec_text(), workdir=workdir)
    return Sweep.objects.get(id=sweep_id)
