"""What an ended command means for its trial."""

import math
import signal
from dataclasses import dataclass
from enum import StrEnum

from assay.tuning.domain.states import TrialState

LONGEST_ERROR = 2000


class CommandEnd(StrEnum):
    """How the command ended. lost: the process that ran it died without a report."""

    EXITED = "exited"
    TIMED_OUT = "timed_out"
    STOPPED = "stopped"
    NOT_STARTED = "not_started"
    BROKEN = "broken"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Report:
    """exit_code: negative for the signal that killed it, None when there is none. last_words: last line of its stderr."""

    end: CommandEnd
    exit_code: int | None = None
    error: str = ""
    last_words: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is written on the trial. value: of the metric, when it succeeded."""

    state: TrialState
    value: float | None = None
    exit_code: int | None = None
    error: str = ""


def judge(report: Report, *, metric: str, value: float | None, timeout_seconds: int) -> Outcome:
    """Succeeded means: exit code 0 and a finite last value of the metric.

    value: latest one logged to the attempt's run; None when none was.
    """
    if report.end is CommandEnd.STOPPED:
        return Outcome(TrialState.STOPPED, exit_code=report.exit_code, error="Stopped with its sweep.")
    problem = _find_problem(report, timeout_seconds) or _find_metric_problem(metric, value)
    if problem:
        return fail(problem, exit_code=report.exit_code)
    return Outcome(TrialState.SUCCEEDED, value=value, exit_code=report.exit_code)


def fail(problem: str, *, exit_code: int | None = None) -> Outcome:
    """NUL, which a command may well write, cannot be stored."""
    return Outcome(TrialState.FAILED, exit_code=exit_code, error=problem.replace("\0", "\ufffd")[:LONGEST_ERROR])


def _find_problem(report: Report, timeout_seconds: int) -> str:
    match report.end:
        case CommandEnd.TIMED_OUT:
            return f"The command ran longer than timeout_seconds: {timeout_seconds} and was ended."
        case CommandEnd.NOT_STARTED:
            return f"The command could not be started on this worker: {report.error}."
        case CommandEnd.BROKEN:
            return f"The command was ended: {report.error}."
        case CommandEnd.LOST:
            return "The process that ran the command was killed, perhaps for want of memory."
        case _ if report.exit_code:
            return f"The command ended with {describe_exit(report.exit_code)}{_colon(report.last_words)}"
        case _:
            return ""


def _find_metric_problem(metric: str, value: float | None) -> str:
    if value is None:
        return f"The command ended well, but logged no metric {metric!r} to its run; check `metric` in the sweep's file."
    return "" if math.isfinite(value) else f"The last value of {metric!r} is {value}, which cannot be ranked."


def describe_exit(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    known = {member.value: member.name for member in signal.Signals}
    return f"signal {known.get(-code, -code)}"


def _colon(words: str) -> str:
    return f": {words}" if words else "."
