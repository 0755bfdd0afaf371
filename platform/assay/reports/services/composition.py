"""From figures to a mail: words, chart, templates' context."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from assay.reports.domain.figures import WeeklyFigures
from assay.reports.domain.wording import describe
from assay.reports.services.charts import describe_daily_costs, draw_daily_costs

KIND = "report.weekly_costs"
TEMPLATE = "weekly_costs"


@dataclass(frozen=True, slots=True)
class Composition:
    """What accounts' mail service needs. images: name → PNG."""

    subject: str
    context: Mapping[str, object]
    images: Mapping[str, bytes]


def compose_weekly_costs(figures: WeeklyFigures) -> Composition:
    """A week without charges gets no chart."""
    images = {} if figures.empty else {"daily": draw_daily_costs(figures.daily, currency=figures.currency)}
    report = describe(figures, public_url=settings.PUBLIC_URL)
    context = {
        "report": report,
        "chart_text": describe_daily_costs(figures.daily, currency=figures.currency) if images else "",
        "reason": f"{figures.organization_name} sends its weekly cost report to this address. Change that under Reports.",
    }
    return Composition(report.subject, context, images)
