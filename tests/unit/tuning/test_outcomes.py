"""What an ended command means: one table, and the rules by which a sweep is given up or a message sent again."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from assay.tuning.domain.outcomes import CommandEnd, Report, judge
from assay.tuning.domain.retries import Ending, find_hopeless, reminder_due
from assay.tuning.domain.states import TrialState

AT = datetime(2026, 3, 1, tzinfo=UTC)
FAILED = TrialState.FAILED


@pytest.mark.parametrize(
    ("report", "value", "state", "said"),
    [
        (Report(CommandEnd.EXITED, 0), 0.9, TrialState.SUCCEEDED, ""),
        (Report(CommandEnd.EXITED, 0), None, FAILED, "logged no metric 'accuracy'"),
        (Report(CommandEnd.EXITED, 0), math.nan, FAILED, "cannot be ranked"),
        (Report(CommandEnd.EXITED, 0), math.inf, FAILED, "cannot be ranked"),
        (Report(CommandEnd.EXITED, 3, last_words="ValueError: no"), 0.9, FAILED, "exit code 3: ValueError: no"),
        (Report(CommandEnd.EXITED, 2), None, FAILED, "exit code 2."),
        (Report(CommandEnd.EXITED, -9), None, FAILED, "signal SIGKILL"),
        (Report(CommandEnd.TIMED_OUT, -15), 0.9, FAILED, "longer than timeout_seconds: 60"),
        (Report(CommandEnd.NOT_STARTED, error="No such file: python9"), None, FAILED, "could not be started"),
        (Report(CommandEnd.BROKEN, error="disk full"), 0.9, FAILED, "was ended: disk full"),
        (Report(CommandEnd.LOST), 0.9, FAILED, "was killed"),
        (Report(CommandEnd.STOPPED, -15), 0.9, TrialState.STOPPED, "Stopped with its sweep"),
    ],
)
def test_a_trial_succeeds_with_exit_code_0_and_a_finite_metric(
    report: Report, value: float | None, state: TrialState, said: str
) -> None:
    outcome = judge(report, metric="accuracy", value=value, timeout_seconds=60)
    assert outcome.state is state
    assert said in outcome.error
    assert outcome.value == (value if state is TrialState.SUCCEEDED else None)


def test_what_postgres_cannot_store_is_replaced() -> None:
    outcome = judge(Report(CommandEnd.EXITED, 1, last_words="a\0b" + "x" * 9000), metric="m", value=None, timeout_seconds=1)
    assert "\0" not in outcome.error
    assert len(outcome.error) <= 2000


def _ending(code: int | None, state: TrialState = FAILED) -> Ending:
    return Ending(state, code, f"code {code}")


@pytest.mark.parametrize(
    ("endings", "hopeless"),
    [
        ([_ending(1), _ending(1)], False),
        ([_ending(1), _ending(1), _ending(1)], True),
        ([_ending(None), _ending(None), _ending(None)], True),
        ([_ending(1), _ending(2), _ending(1)], False),
        ([_ending(1), _ending(2), _ending(2), _ending(2)], False),
        ([_ending(1), _ending(1), _ending(0, TrialState.SUCCEEDED)], False),
        ([_ending(1), _ending(1), _ending(1), _ending(0, TrialState.SUCCEEDED)], False),
        ([_ending(1), _ending(1), _ending(1), _ending(2)], True),
    ],
)
def test_a_sweep_is_given_up_when_its_first_trials_all_fail_alike(endings: list[Ending], hopeless: bool) -> None:
    reason = find_hopeless(endings)
    assert bool(reason) is hopeless
    assert not hopeless or f"code {endings[2].exit_code}" in (reason or "")


@pytest.mark.parametrize(
    ("waited_s", "since_hint_s", "due"),
    [
        (0, 59, False),
        (0, 60, True),
        (60, 60, True),
        (120, 119, False),
        (120, 120, True),
        (90_000, 3599, False),
        (90_000, 3600, True),
    ],
)
def test_a_message_is_sent_again_at_growing_intervals(waited_s: int, since_hint_s: int, due: bool) -> None:
    hinted_at = AT + timedelta(seconds=waited_s)
    assert reminder_due(AT, hinted_at, hinted_at + timedelta(seconds=since_hint_s)) is due
