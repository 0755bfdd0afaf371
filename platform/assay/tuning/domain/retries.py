"""When a trial is given up, when a sweep is, and how long a lease holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assay.tuning.domain.states import TrialState

LEASE = timedelta(seconds=30)
RENEW_EVERY = timedelta(seconds=5)
MOST_LOSSES = 3
FIRST_FAILURES = 3
REMIND_AFTER = timedelta(seconds=60)
REMIND_AT_LEAST_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ending:
    """How one trial ended. exit_code: None when the command never started."""

    state: TrialState
    exit_code: int | None
    error: str


def find_hopeless(endings: Sequence[Ending]) -> str | None:
    """The reason to end a sweep whose first trials all failed in the same way: a typing mistake shall not run 200 times.

    endings: ended trials of the sweep by the time they ended. returns: the last error, or None.
    """
    first = endings[:FIRST_FAILURES]
    alike = len(first) == FIRST_FAILURES and len({ending.exit_code for ending in first}) == 1
    if not alike or any(ending.state is not TrialState.FAILED for ending in endings):
        return None
    return f"The first {FIRST_FAILURES} trials failed in the same way, so the sweep ended. {first[-1].error}"


def reminder_due(waiting_since: datetime, hinted_at: datetime, at: datetime) -> bool:
    """Whether the message of a waiting trial is taken for lost: after a minute, then at doubling intervals up to an hour."""
    pause = min(max(REMIND_AFTER, hinted_at - waiting_since), REMIND_AT_LEAST_EVERY)
    return at - hinted_at >= pause
