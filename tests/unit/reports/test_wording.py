from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from assay.reports.domain.figures import Breakdown, Freshness, WeeklyFigures
from assay.reports.domain.wording import Report, describe
from tests.factories.weekly_figures import make_figures

PORTAL = "https://assay.example.com"


def words(figures: WeeklyFigures) -> Report:
    return describe(figures, public_url=PORTAL)


def test_the_subject_says_who_when_how_much_and_how_that_changed() -> None:
    assert words(make_figures()).subject == "Northwind Research: $3,034.20 for 2 – 8 March 2026, +$167.08 (+6 %)"


@pytest.mark.parametrize(
    ("before", "after", "change", "direction"),
    [
        ("100", "110", "+$10.00 (+10 %)", "up"),
        ("100", "90", "−$10.00 (−10 %)", "down"),
        ("100", "100", "unchanged", "same"),
        ("0", "90", "+$90.00", "up"),
        ("0.000000000001", "90", "+$90.00", "up"),
        ("-5", "90", "+$95.00", "up"),
        ("90", "0", "−$90.00 (−100 %)", "down"),
    ],
)
def test_a_change_is_told_in_money_and_in_percent_where_that_means_something(
    before: str, after: str, change: str, direction: str
) -> None:
    report = words(make_figures(before=Decimal(before), total=Decimal(after)))
    assert (report.change, report.direction) == (change, direction)


def test_every_figure_links_to_the_page_that_shows_it_for_the_same_week_and_basis() -> None:
    report = words(make_figures())
    for url in (report.total_url, report.services_url, report.accounts_url, report.resources_url):
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        assert f"{parts.scheme}://{parts.netloc}" == PORTAL
        assert (query["from"], query["to"], query["basis"]) == (["2026-03-02"], ["2026-03-08"], ["effective"])
    storage, other = parse_qs(urlsplit(report.services[3].url).query), parse_qs(urlsplit(report.services[-1].url).query)
    assert (storage["filter"], storage["group_by"]) == (["service:Amazon Simple Storage Service"], ["account"])
    assert ("filter" in other, other["group_by"]) == (False, ["service"])
    assert report.dearest[1].url == f"{PORTAL}/runs/00000000000000000000000000000001"
    assert report.fronts[0].url == f"{PORTAL}/leaderboards/00000000000000000000000000000009"


def test_a_bill_that_ends_within_the_week_is_said_so() -> None:
    whole = make_figures()
    until = whole.week.interval.end - timedelta(days=2, hours=10)
    (notice,) = words(replace(whole, freshness=replace(whole.freshness, complete_until=until))).notices
    assert notice.startswith("The bill is known until Fri 6 March 15:00.")


def test_a_whole_week_needs_no_notice() -> None:
    assert words(make_figures()).notices == ()


@pytest.mark.parametrize(
    ("days_after_start", "notice"),
    [
        (None, "No bill has been imported yet"),
        (-1, "The bill does not reach this week yet: its last charge ends Sun 1 March 01:00."),
        (8, "The bill covers this week and has no charge in it."),
    ],
)
def test_an_empty_week_says_why(days_after_start: int | None, notice: str) -> None:
    full = make_figures()
    until = None if days_after_start is None else full.week.interval.start + timedelta(days=days_after_start)
    freshness = Freshness(until, full.freshness.imported_at if until else None)
    nothing = Breakdown(())
    empty = replace(full, total=Decimal(0), before=Decimal(0), services=nothing, accounts=nothing, freshness=freshness)
    report = words(empty)
    assert report.empty
    assert report.notices[0].startswith(notice)
    assert report.subject == "Northwind Research: no charges for 2 – 8 March 2026"


def test_charges_in_another_currency_are_never_added_but_named() -> None:
    (notice,) = words(make_figures(other_currencies=("EUR",))).notices
    assert notice == "All figures are in USD; charges in EUR are not among them."


def test_estimates_are_marked() -> None:
    assert [row.note for row in words(make_figures()).dearest] == ["", "estimate", ""]
