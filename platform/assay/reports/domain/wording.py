"""A weekly report in words: what text and HTML both say, each figure with the page that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assay.core.amounts import format_amount, format_change, format_ratio
from assay.costs.domain.basis import Basis
from assay.reports.domain.figures import BestRun, Breakdown, Line, RunLine, WeeklyFigures
from assay.reports.domain.links import Links

BASES = {
    Basis.EFFECTIVE: "Effective cost: commitments are spread over the time they cover, and discounts are taken off.",
    Basis.BILLED: "Billed cost: what is invoiced, with commitments at the moment they are bought.",
    Basis.CONTRACTED: "Contracted cost: at negotiated prices, before commitments.",
    Basis.LIST: "List cost: at public prices, before any discount.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """bar_percent: length of its bar, 0 to 100. direction: up, down or same, against the week before."""

    label: str
    url: str
    amount: str
    change: str
    direction: str
    bar_percent: int


@dataclass(frozen=True, slots=True)
class RunRow:
    label: str
    url: str
    beside: str
    amount: str
    note: str


@dataclass(frozen=True, slots=True)
class FrontRows:
    label: str
    url: str
    rows: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A weekly report, ready for the templates; all values are plain text, urls absolute."""

    subject: str
    organization: str
    period: str
    total: str
    total_url: str
    change: str
    direction: str
    before: str
    empty: bool
    notices: tuple[str, ...]
    services: tuple[Row, ...]
    services_url: str
    accounts: tuple[Row, ...]
    accounts_url: str
    runs_cost: str
    idle_cost: str
    idle_share: str
    runs_started: str
    resources_url: str
    dearest: tuple[RunRow, ...]
    fronts: tuple[FrontRows, ...]
    basis: str
    freshness: str


def describe(figures: WeeklyFigures, *, public_url: str) -> Report:
    """The report in words. public_url: where the portal is reached, without a slash at the end."""
    links = Links(public_url, figures)
    currency, training = figures.currency, figures.training
    total = format_amount(figures.total, currency)
    return Report(
        subject=_subject(figures),
        organization=figures.organization_name,
        period=figures.week.label,
        total=total,
        total_url=links.costs("day"),
        change=_change(figures.before, figures.total, currency),
        direction=direction_of(figures.before, figures.total),
        before=format_amount(figures.before, currency),
        empty=figures.empty,
        notices=(*_list_notices(figures), *_note_currencies(figures)),
        services=_rows(figures.services, currency, links, "service"),
        services_url=links.costs("service"),
        accounts=_rows(figures.accounts, currency, links, "account"),
        accounts_url=links.costs("account"),
        runs_cost=format_amount(training.runs, currency),
        idle_cost=format_amount(training.idle, currency),
        idle_share=format_ratio(training.idle, training.runs + training.idle),
        runs_started=_count_runs(training.started, training.unpriced),
        resources_url=links.resources(),
        dearest=tuple(_run_row(run, currency, links) for run in training.dearest),
        fronts=tuple(
            FrontRows(front.name, links.leaderboard(front.leaderboard_id.hex), tuple(_front_rows(front.runs, currency, links)))
            for front in training.fronts
        ),
        basis=BASES[figures.basis],
        freshness=_freshness(figures),
    )


def direction_of(before: Decimal, after: Decimal) -> str:
    if after == before:
        return "same"
    return "up" if after > before else "down"


def _subject(figures: WeeklyFigures) -> str:
    if figures.empty:
        return f"{figures.organization_name}: no charges for {figures.week.label}"
    total = format_amount(figures.total, figures.currency)
    change = _change(figures.before, figures.total, figures.currency)
    return f"{figures.organization_name}: {total} for {figures.week.label}, {change}"


def _change(before: Decimal, after: Decimal, currency: str) -> str:
    return "unchanged" if before == after else format_change(before, after, currency)


def _rows(breakdown: Breakdown, currency: str, links: Links, group_by: str) -> tuple[Row, ...]:
    return tuple(_row(line, breakdown.largest, currency, links.within(group_by, line.key)) for line in breakdown.lines)


def _row(line: Line, largest: Decimal, currency: str, url: str) -> Row:
    return Row(
        label=line.label,
        url=url,
        amount=format_amount(line.amount, currency),
        change=_change(line.before, line.amount, currency),
        direction=direction_of(line.before, line.amount),
        bar_percent=int(max(line.amount, Decimal(0)) * 100 / largest) if largest else 0,
    )


def _run_row(run: RunLine, currency: str, links: Links) -> RunRow:
    note = "estimate" if run.estimated else ""
    return RunRow(run.name, links.run(run.run_id.hex), run.experiment, format_amount(run.amount, currency), note)


def _front_rows(runs: Iterable[BestRun], currency: str, links: Links) -> Iterable[RunRow]:
    for run in runs:
        beside = f"{run.metric} {run.value:.5g}, rank {run.rank}"
        note = "estimate" if run.estimated else ""
        yield RunRow(run.name, links.run(run.run_id.hex), beside, format_amount(run.amount, currency), note)


def _count_runs(started: int, unpriced: int) -> str:
    runs = "1 run" if started == 1 else f"{started:,} runs"
    return f"{runs} started, {unpriced:,} without a price" if unpriced else f"{runs} started"


def _list_notices(figures: WeeklyFigures) -> Iterable[str]:
    until = figures.freshness.complete_until
    if until is None:
        yield "No bill has been imported yet, so there are no figures. Import one, and the next report will have them."
    elif until <= figures.week.interval.start:
        yield f"The bill does not reach this week yet: its last charge ends {_local(figures, until)}."
    elif figures.incomplete:
        yield (
            f"The bill is known until {_local(figures, until)}. Later charges of this week are still to come, "
            "so its total will grow; the week before is whole."
        )
    elif figures.empty:
        yield "The bill covers this week and has no charge in it."


def _note_currencies(figures: WeeklyFigures) -> Iterable[str]:
    if figures.other_currencies:
        others = ", ".join(figures.other_currencies)
        yield f"All figures are in {figures.currency}; charges in {others} are not among them."


def _freshness(figures: WeeklyFigures) -> str:
    freshness = figures.freshness
    if freshness.complete_until is None or freshness.imported_at is None:
        return "No bill has been imported."
    until, imported = _local(figures, freshness.complete_until), _local(figures, freshness.imported_at)
    return f"Charges are known until {until}; the newest bill was imported {imported}. Times: {figures.week.zone.key}."


def _local(figures: WeeklyFigures, at: datetime) -> str:
    return f"{at.astimezone(figures.week.zone):%a %-d %B %H:%M}"
