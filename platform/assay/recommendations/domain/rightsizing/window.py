"""What was looked at: how long, how much of it, and which recurring days it held."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from assay.clouds.domain.utilization import Series

DAYS_OF_A_WEEK_CYCLE = 14
MONTH_TURN_DAYS = 3


@dataclass(frozen=True, slots=True)
class Window:
    """span: from the first measured step to the end. measured: time that has values. running_share: of the last `days`, in [0, 1].

    running_days: share of those days in which it ran at all.

    turn_of_month: some of its measured days are among the first or last three of a month. true_maxima: maxima are more than averages.
    """

    days: int
    span: timedelta
    measured: timedelta
    running_share: float
    running_days: float
    turn_of_month: bool
    true_maxima: bool

    @property
    def two_weeks(self) -> bool:
        """A cycle of a week was seen twice: the first value is in the first of the last 14 days or before."""
        return self.span > timedelta(days=DAYS_OF_A_WEEK_CYCLE - 1)


def look_at(series: Series, *, days: int) -> Window:
    """days: those over which the running share is taken. A missing step is a machine that stood still."""
    known = ~np.isnan(series.maximum)
    first = int(np.argmax(known)) if known.any() else len(series)
    per_day = max(1, int(timedelta(days=1) / series.step))
    last_days = np.zeros(days * per_day, np.bool_)
    last_days[max(0, len(last_days) - len(known)) :] = known[-len(last_days) :]
    return Window(
        days=days,
        span=(len(series) - first) * series.step,
        measured=series.measured_time,
        running_share=float(last_days.mean()),
        running_days=float(last_days.reshape(days, per_day).any(axis=1).mean()),
        turn_of_month=any(_turns_month(day) for day in _measured_days(series, known)),
        true_maxima=bool(np.any(series.maximum[known] > series.average[known] * 1.001)),
    )


def _measured_days(series: Series, known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> set[date]:
    per_day = max(1, int(timedelta(days=1) / series.step))
    return {
        (series.start + int(step) * series.step).date()
        for step in range(0, len(known), per_day)
        if known[step : step + per_day].any()
    }


def _turns_month(day: date) -> bool:
    return day.day <= MONTH_TURN_DAYS or (day + timedelta(days=MONTH_TURN_DAYS)).month != day.month
