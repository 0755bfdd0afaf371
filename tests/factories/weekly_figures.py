"""Figures of a report for tests of its words and looks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from assay.costs.domain.basis import Basis
from assay.reports.domain.figures import (
    BestRun,
    DailyCosts,
    Freshness,
    LeaderboardFront,
    RunLine,
    TrainingFigures,
    WeeklyFigures,
    break_down,
)
from assay.reports.domain.weeks import Week

SERVICES = {
    "Amazon Elastic Compute Cloud": ("1893.40", "1702.11"),
    "Databricks": ("612.05", "640.20"),
    "Amazon Relational Database Service": ("301.44", "301.44"),
    "Amazon Simple Storage Service": ("122.9013", "118.77"),
    "AWS Data Transfer": ("61.77", "22.15"),
    "Amazon Elastic Block Store": ("48.02", "47.90"),
    "Tax": ("30.00", "30.00"),
    "AWS Key Management Service": ("0.0042", "0"),
    "Amazon CloudWatch": ("4.11", "4.05"),
    "Amazon Route 53": ("0.50", "0.50"),
    "Credits": ("-40.00", "0"),
}


def make_figures(**changes: object) -> WeeklyFigures:
    """A lively week; changes replace fields."""
    week = Week(date(2026, 3, 2), ZoneInfo("Europe/Berlin"))
    amounts, before = _sums(0), _sums(1)
    accounts: dict[str | None, Decimal] = {"111122223333": Decimal("2100.12"), None: sum(amounts.values(), Decimal("-2100.12"))}
    figures = WeeklyFigures(
        organization_name="Northwind Research",
        week=week,
        currency="USD",
        other_currencies=(),
        basis=Basis.EFFECTIVE,
        total=sum(amounts.values(), Decimal(0)),
        before=sum(before.values(), Decimal(0)),
        services=break_down(amounts, before, {}, keep=8),
        accounts=break_down(accounts, accounts, {"111122223333": "research-prod"}, keep=5),
        daily=_daily(week, amounts),
        training=_training(),
        freshness=Freshness(week.interval.end + timedelta(hours=5), datetime(2026, 3, 9, 4, 12, tzinfo=UTC)),
    )
    return replace(figures, **changes)  # type: ignore[arg-type]  # fields by name


def _sums(place: int) -> dict[str | None, Decimal]:
    return {name: Decimal(pair[place]) for name, pair in SERVICES.items()}


def _daily(week: Week, amounts: dict[str | None, Decimal]) -> DailyCosts:
    parts = [Decimal(part) for part in ("0.11", "0.15", "0.17", "0.20", "0.16", "0.09", "0.12")]
    names = list(SERVICES)[:5]
    rest = sum((amount for name, amount in amounts.items() if name not in names), Decimal(0))
    series = {name: tuple(amounts[name] * part for part in parts) for name in names}
    return DailyCosts(week.days, {**series, "Other": tuple(rest * part for part in parts)})


def _training() -> TrainingFigures:
    dearest = [
        ("resnet50-lr3e-4", "vision", "212.40"),
        ("bert-base-finetune", "text", "160.33"),
        ("svc-grid-17", "digits", "3.02"),
    ]
    best = [("svc-rbf-12", 0.9917, "0.41"), ("svc-poly-03", 0.9833, "0.0042")]
    return TrainingFigures(
        runs=Decimal("901.22"),
        idle=Decimal("310.48"),
        started=184,
        unpriced=12,
        dearest=tuple(
            RunLine(UUID(int=n), name, where, Decimal(cost), n == 1) for n, (name, where, cost) in enumerate(dearest)
        ),
        fronts=(
            LeaderboardFront(
                UUID(int=9),
                "Digits, by accuracy",
                tuple(
                    BestRun(UUID(int=n), name, "val_accuracy", value, n + 1, Decimal(cost), False)
                    for n, (name, value, cost) in enumerate(best)
                ),
            ),
        ),
    )
