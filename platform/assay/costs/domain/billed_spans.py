"""Which time the imported bills speak of: the cost of a run that they do not reach yet is not final."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from assay.core.intervals import Interval

PROVIDER_NAMES = {
    "amazon": "aws",
    "amazon web services": "aws",
    "google": "gcp",
    "google cloud": "gcp",
    "google cloud platform": "gcp",
    "microsoft": "azure",
    "microsoft azure": "azure",
}
"""What bills call a provider, in lower case, to what run tags call it; other names are the same in both."""


@dataclass(frozen=True, slots=True)
class BilledPeriod:
    """A delivered billing period (`YYYY-MM`) of a source.

    providers: whose charges it lists, by the names of run tags. billed_until: end of its last usage; None without any.
    """

    source_id: UUID
    billing_period: str
    providers: frozenset[str]
    billed_until: datetime | None


@dataclass(frozen=True, slots=True)
class BilledSpan:
    """Time for which a source has delivered the usage of some providers."""

    source_id: UUID
    providers: frozenset[str]
    interval: Interval


def name_provider(billed_as: str) -> str:
    """What run tags call the provider that a bill calls billed_as."""
    name = billed_as.strip().lower()
    return PROVIDER_NAMES.get(name, name)


def month(billing_period: str) -> Interval:
    """The calendar month (UTC) that `YYYY-MM` names."""
    first = datetime.strptime(billing_period, "%Y-%m").replace(tzinfo=UTC)
    return next(Interval(first, first + timedelta(days=1)).months())


def list_spans(periods: Iterable[BilledPeriod]) -> list[BilledSpan]:
    """What the periods cover. The newest period of a source reaches as far as its usage; the older ones are whole."""
    ordered = sorted(periods, key=attrgetter("source_id", "billing_period"))
    return [span for _, group in groupby(ordered, key=attrgetter("source_id")) for span in _list_spans_of_source(list(group))]


def _list_spans_of_source(periods: list[BilledPeriod]) -> list[BilledSpan]:
    whole = [BilledSpan(one.source_id, one.providers, month(one.billing_period)) for one in periods[:-1]]
    last = periods[-1]
    filling = month(last.billing_period)
    if last.billed_until is None or last.billed_until <= filling.start:
        return whole
    reached = Interval(filling.start, min(filling.end, last.billed_until))
    return [*whole, BilledSpan(last.source_id, last.providers, reached)]


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in as few intervals as can be, in order."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=attrgetter("start")):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return merged


class BilledTime:
    """Answers whether bills cover a run's time; made once, asked for many runs."""

    def __init__(self, spans: Iterable[BilledSpan]) -> None:
        self._spans = list(spans)
        self._merged: dict[tuple[str, frozenset[UUID]], list[Interval]] = {}

    def covers(self, interval: Interval, *, provider: str, source_ids: frozenset[UUID]) -> bool:
        """Whether the bills that speak of a run contain its whole time; time of no length is not covered.

        provider: of its machine, by the names of run tags. source_ids: those that charge for the run.
        """
        key = (provider, source_ids)
        if key not in self._merged:
            speaking = [one.interval for one in self._spans if provider in one.providers or one.source_id in source_ids]
            self._merged[key] = merge(speaking)
        within = (one.start <= interval.start and interval.end <= one.end for one in self._merged[key])
        return interval.start < interval.end and any(within)


def first_day_from(at: datetime) -> date:
    """The first UTC day that begins at or after an instant."""
    day = at.astimezone(UTC)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return day.date() if day == midnight else day.date() + timedelta(days=1)
