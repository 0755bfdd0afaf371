"""How far savings got, as a chart."""

from uuid import UUID

from assay.accounts.selectors.organizations import get_organization
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Series, describe_chart
from assay.recommendations.selectors.findings import savings_over_time


def draw_progress(organization_id: UUID) -> ChartBody | None:
    """What was accepted, done and measured, by the day on which it was; None before anything was accepted."""
    currency = get_organization(organization_id).currency
    steps = savings_over_time(organization_id, currency)
    if not steps:
        return None
    lines = [
        Series(name, tuple((step.day.isoformat(), f"{getattr(step, field):f}") for step in steps))
        for name, field in (("Accepted", "accepted"), ("Applied", "applied"), ("Verified on the bill", "verified"))
    ]
    x = AxisBody(name="", kind="category")
    return describe_chart(
        ChartKind.LINES, x=x, y=AxisBody(name="Saved a month", currency=currency, from_zero=True), series=lines
    )
