"""Commitments as charts: what covered the usage, how well it was used, and what other purchases would save."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from assay.core.money import EXACT
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Series, describe_chart
from assay.recommendations.domain.advice_report import WhatIf
from assay.recommendations.domain.commitment_report import CommitmentReport
from assay.recommendations.domain.commitments import Use, share

DRAWN = 8
"""Commitments with a colour of their own; all others are one."""
DAY = timedelta(days=1)
ZERO = Decimal(0)


def draw_coverage(report: CommitmentReport, zone: ZoneInfo) -> ChartBody:
    """Per step what each commitment covered, the greatest first, and what ran on demand."""
    labels = _labels(report.steps, zone)
    names = {view.id: view.name for view in report.commitments}
    ordered = sorted(report.covered, key=lambda id_: -sum(report.covered[id_], ZERO))
    series = [Series(names.get(id_, id_), _points(labels, report.covered[id_])) for id_ in ordered[:DRAWN]]
    if len(ordered) > DRAWN:
        others = [sum(amounts, ZERO) for amounts in zip(*(report.covered[id_] for id_ in ordered[DRAWN:]), strict=True)]
        series.append(Series(f"{len(ordered) - DRAWN} others", _points(labels, others)))
    if any(report.uncovered):
        series.append(Series("On demand", _points(labels, report.uncovered), style="rest"))
    return describe_chart(
        ChartKind.STACKED,
        x=AxisBody(name="", kind="category"),
        y=AxisBody(name="On-demand cost", kind="number", currency=report.currency),
        series=series,
        empty="Nothing that a commitment could cover ran in these days.",
    )


def draw_utilization(report: CommitmentReport) -> ChartBody:
    """Per day (UTC) the share of each commitment that was used."""
    series = [
        Series(view.name, _utilization_by_day(report.steps, view.steps))
        for view in report.commitments[: DRAWN + 1]
        if view.steps
    ]
    return describe_chart(
        ChartKind.LINES,
        x=AxisBody(name="", kind="category"),
        y=AxisBody(name="Utilization", kind="number", unit="%", from_zero=True),
        series=series,
        empty="The bill of these days names no commitment.",
    )


def draw_purchases(sizes: Sequence[WhatIf], *, currency: str, drop_percent: int) -> ChartBody:
    """Saving a month by size."""
    lines = [
        ("Days looked at", [(one.commitment, one.saving) for one in sizes]),
        ("Last 30 days", [(one.commitment, one.recent) for one in sizes]),
    ]
    if drop_percent:
        lines.append((f"After a drop of {drop_percent} %", [(one.commitment, one.after_drop) for one in sizes]))
    return describe_chart(
        ChartKind.LINES,
        x=AxisBody(name="Commitment an hour", kind="number", currency=currency),
        y=AxisBody(name="Saving a month", kind="number", currency=currency),
        series=[Series(name, [(float(x), f"{y:f}") for x, y in points]) for name, points in lines],
    )


def _labels(steps: Sequence[datetime], zone: ZoneInfo) -> list[str]:
    """Hours by the clock of the organization; days are UTC's."""
    if len(steps) > 1 and steps[1] - steps[0] == DAY:
        return [f"{step:%Y-%m-%d}" for step in steps]
    return [f"{step.astimezone(zone):%-d %b %H:%M %Z}" for step in steps]


def _points(labels: Sequence[str], amounts: Sequence[Decimal]) -> list[tuple[object, ...]]:
    return [(label, f"{amount:f}") for label, amount in zip(labels, amounts, strict=True)]


def _utilization_by_day(steps: Sequence[datetime], uses: Sequence[Use]) -> list[tuple[object, ...]]:
    days: dict[str, tuple[Decimal, Decimal]] = {}
    for step, use in zip(steps, uses, strict=True):
        used, committed = days.get(f"{step:%Y-%m-%d}", (ZERO, ZERO))
        days[f"{step:%Y-%m-%d}"] = EXACT.add(used, use.used), EXACT.add(committed, use.committed)
    shares = ((day, share(used, committed)) for day, (used, committed) in days.items())
    return [(day, f"{part * 100:.2f}") for day, part in shares if part is not None]
