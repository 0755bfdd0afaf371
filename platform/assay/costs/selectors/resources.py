"""Machines that runs held: what they cost, and how much of that was runs."""

from datetime import date
from uuid import UUID

from django.db.models import Sum

from assay.core.intervals import Interval
from assay.core.money import Money
from assay.costs.domain.billed_spans import first_day_from
from assay.costs.domain.run_costs import ResourceCostView, RunCostKind
from assay.costs.models import ResourceCost, RunCost


def resource_costs(organization_id: UUID, interval: Interval) -> list[ResourceCostView]:
    """What each machine cost that a run of a delivered billing period held; the dearest first.

    interval: the bill's days (UTC) whose first instant lies in it, so that neighbouring intervals share no day.
    returns: one row per resource and currency; total = runs + idle, and total is the ledger's own sum.
    """
    rows = (
        ResourceCost.objects.filter(organization_id=organization_id)
        .filter(charge_date__gte=first_day_from(interval.start), charge_date__lt=first_day_from(interval.end))
        .values_list("resource_id", "currency")
        .annotate(total=Sum("total"), runs=Sum("runs"), idle=Sum("idle"))
        .order_by("-total", "resource_id", "currency")
    )
    return [ResourceCostView(*row) for row in rows]


def spend_of_runs_by_day(organization_id: UUID, interval: Interval) -> dict[date, tuple[Money, ...]]:
    """What the bill charged for runs, per day of the bill (UTC) that has any; days as in resource_costs."""
    rows = (
        RunCost.objects.filter(organization_id=organization_id, kind=RunCostKind.ACTUAL)
        .filter(charge_date__gte=first_day_from(interval.start), charge_date__lt=first_day_from(interval.end))
        .values_list("charge_date", "currency")
        .annotate(amount=Sum("amount"))
        .order_by("charge_date", "currency")
    )
    days: dict[date, tuple[Money, ...]] = {}
    for day, currency, amount in rows:
        days[day] = (*days.get(day, ()), Money(amount, currency))
    return days
