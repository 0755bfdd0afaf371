"""Collecting the figures of a report: the same answers that the portal's pages give."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from assay.accounts.selectors.organizations import get_organization
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import CostTable
from assay.costs.domain.dimensions import Dimension
from assay.costs.selectors import explorer
from assay.reports.domain.figures import (
    Breakdown,
    DailyCosts,
    WeeklyFigures,
    break_down,
    label_of,
    stack_days,
    sum_by_key,
)
from assay.reports.domain.weeks import Week
from assay.reports.selectors.freshness import find_freshness
from assay.reports.selectors.training import collect_training

SERVICES = 8
ACCOUNTS = 5
STACKED = 5


def collect_figures(organization_id: UUID, *, week: Week, basis: Basis) -> WeeklyFigures:
    """The figures of a week, and of the week before to compare with."""
    table = _summarize(organization_id, week.interval, basis, Dimension.SERVICE)
    earlier = _summarize(organization_id, week.before.interval, basis, Dimension.SERVICE, currency=table.currency)
    services = break_down(sum_by_key(table.rows), sum_by_key(earlier.rows), {}, keep=SERVICES)
    return WeeklyFigures(
        organization_name=get_organization(organization_id).name,
        week=week,
        currency=table.currency,
        other_currencies=table.other_currencies,
        basis=basis,
        total=table.total,
        before=earlier.total,
        services=services,
        accounts=_accounts(organization_id, week, basis, currency=table.currency),
        daily=_days(organization_id, week, basis, services=services, currency=table.currency),
        training=collect_training(organization_id, week=week, currency=table.currency),
        freshness=find_freshness(organization_id, week=week),
    )


def _summarize(
    organization_id: UUID, interval: Interval, basis: Basis, dimension: Dimension, *, currency: str | None = None
) -> CostTable:
    """currency: the report's; a part of it that was billed in another one counts as nothing."""
    table = explorer.summarize(organization_id, group_by=[dimension], interval=interval, basis=basis)
    return table if currency in (None, table.currency) else CostTable((), Decimal(0), currency)


def _accounts(organization_id: UUID, week: Week, basis: Basis, *, currency: str) -> Breakdown:
    now, earlier = (
        _summarize(organization_id, interval, basis, Dimension.ACCOUNT, currency=currency)
        for interval in (week.interval, week.before.interval)
    )
    values = explorer.list_dimension_values(organization_id, dimension=Dimension.ACCOUNT, interval=week.interval, basis=basis)
    labels = {one.value: one.label for one in values if one.value and one.label}
    return break_down(sum_by_key(now.rows), sum_by_key(earlier.rows), labels, keep=ACCOUNTS)


def _days(organization_id: UUID, week: Week, basis: Basis, *, services: Breakdown, currency: str) -> DailyCosts:
    """The largest services as they stand in the breakdown."""
    both = [Dimension.DAY, Dimension.SERVICE]
    table = explorer.summarize(organization_id, group_by=both, interval=week.interval, basis=basis)
    rows = table.rows if table.currency == currency else ()
    amounts = {(date.fromisoformat(str(row.key[0])), label_of(row.key[1], {})): row.amount for row in rows}
    return stack_days(week.days, amounts, keep=[line.label for line in services.lines[:STACKED]])
