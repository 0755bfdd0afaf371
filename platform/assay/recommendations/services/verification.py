"""Savings measured on later bills."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from assay.core.clock import now
from assay.core.ids import new_id
from assay.core.intervals import Interval
from assay.core.money import EXACT
from assay.costs.selectors.resource_bills import find_billed_days, read_daily_costs
from assay.recommendations.domain.states import DONE, FindingState
from assay.recommendations.domain.verification import Measured, Window, measure_saving, windows_around
from assay.recommendations.models import Finding, FindingEvent
from assay.recommendations.selectors.bills import bill_names, midnight

RESTATED_FOR = timedelta(days=120)
"""Bills change for so long; what was measured is measured again until then."""


def verify_savings(organization_id: UUID) -> int:
    """Compare what applied findings promised with the ledger as it is now; a restated bill restates what was measured.

    Inside the organization's scope. returns: how many are verified for the first time.
    """
    covered = find_billed_days(organization_id)
    if covered is None:
        return 0
    rows = Finding.objects.filter(organization_id=organization_id, state__in=DONE, applied_at__gt=now() - RESTATED_FOR)
    around = {
        row: windows_around(row.applied_at, Window(*covered))
        for row in rows.select_for_update().order_by("id")
        if row.applied_at
    }
    compared = {row: (before, after) for row, (before, after) in around.items() if before.is_enough and after.is_enough}
    if not compared:
        return 0
    start = min(before.start for before, _ in compared.values())
    end = max(after.end for _, after in compared.values())
    names = [name for row in compared for name in bill_names(row)]
    costs = read_daily_costs(organization_id, Interval(midnight(start), midnight(end)), resource_ids=names)
    verified = 0
    for row, (before, after) in compared.items():
        by_day = _add([costs.get((name, row.currency), {}) for name in bill_names(row)])
        if any(day in before for day in by_day):  # what was never billed proves nothing
            verified += _record(row, measure_saving(by_day, currency=row.currency, before=before, after=after))
    return verified


def _add(parts: Sequence[Mapping[date, Decimal]]) -> dict[date, Decimal]:
    total: dict[date, Decimal] = {}
    for part in parts:
        for day, cost in part.items():
            total[day] = EXACT.add(total.get(day, Decimal(0)), cost)
    return total


def _record(row: Finding, measured: Measured) -> bool:
    was = row.state
    same = was == FindingState.VERIFIED and row.verified_saving == measured.saving.amount
    if same:
        return False
    row.state, row.verified_saving, row.verified_at = FindingState.VERIFIED, measured.saving.amount, now()
    row.measured = {
        "before_per_day": f"{measured.before.amount:f}",
        "after_per_day": f"{measured.after.amount:f}",
        "days_before": measured.days_before,
        "days_after": measured.days_after,
    }
    row.save(update_fields=["state", "verified_saving", "verified_at", "measured"])
    told = row.measured | {
        "saving": f"{measured.saving.amount:f} {row.currency}",
        "promised": f"{row.promised:f} {row.currency}",
    }
    FindingEvent.objects.create(
        id=new_id(), organization_id=row.organization_id, finding=row, state=FindingState.VERIFIED, details=told
    )
    return was != FindingState.VERIFIED
