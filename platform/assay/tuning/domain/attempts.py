"""One start of a trial, and what its holder may still do."""

from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from assay.tuning.domain.spaces import Params
from assay.tuning.domain.specs import SweepSpec


class Renewal(Enum):
    """HELD: go on. STOPPING: the sweep is being stopped. LOST: the trial belongs to somebody else now, or to nobody."""

    HELD = auto()
    STOPPING = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to execute one attempt, until its lease ends. lease_token: fences every write; it dies with the attempt."""

    organization_id: UUID
    sweep_id: UUID
    trial_id: UUID
    number: int
    attempt: int
    lease_token: UUID
    params: Params
    spec: SweepSpec
    experiment_id: UUID
    user_id: UUID | None


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """A claim with its run. secret: of the API token that the command logs with; kept in memory only."""

    claim: Claim
    run_id: UUID
    experiment_number: int
    secret: str

    def __repr__(self) -> str:
        return f"Attempt(trial_id={self.claim.trial_id}, attempt={self.claim.attempt}, run_id={self.run_id})"
