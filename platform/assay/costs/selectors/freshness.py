"""How far the bill reaches, as the rows of its periods tell."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from assay.core.clock import now
from assay.costs.domain.questions import Question, Reach
from assay.costs.models import BillPeriod
from assay.costs.selectors.questions import open_ledger

STILL_FILLING = timedelta(hours=48)
"""Providers add to the last days for so long."""
STILL_DELIVERING = timedelta(days=35)
"""A source that ends so long before another has ended, and leaves no day open."""


def find_charged_until(organization_id: UUID) -> datetime | None:
    """The latest end of a charge in the ledger; None while it holds nothing."""
    return max(_reached(organization_id).values(), default=None)


def find_reach(organization_id: UUID) -> Reach:
    reached = _reached(organization_id)
    if not reached:
        return Reach()
    latest = max(reached.values())
    slowest = min(until for until in reached.values() if until > latest - STILL_DELIVERING)
    return Reach(latest, min(slowest, now() - STILL_FILLING))


def _reached(organization_id: UUID) -> dict[str, datetime]:
    """Source → the latest end of its charges. Periods of older versions say nothing: then the ledger itself is asked."""
    held = BillPeriod.objects.filter(organization_id=organization_id)
    if held.filter(charged_until=None).exists():
        return _ask_ledger(organization_id)
    found = held.values_list("source_id").annotate(until=Max("charged_until"))
    return {str(source_id): until for source_id, until in found}


def _ask_ledger(organization_id: UUID) -> dict[str, datetime]:
    with open_ledger(organization_id) as ledger:
        if ledger is None:
            return {}
        by_source = ledger.charges.group_by("source_id").aggregate(until=ledger.charges.charge_period_end.max())
        return {row["source_id"]: row["until"] for row in ledger.ask(Question.FRESHNESS, by_source)}
