"""How far the bill reaches."""

from datetime import datetime, timedelta
from uuid import UUID

from assay.costs.selectors import explorer
from assay.costs.selectors.run_costs import list_billed_spans
from assay.reports.domain.figures import Freshness
from assay.reports.domain.weeks import Week

STILL_DELIVERING = timedelta(days=35)
"""A source that has not reached this near to the week has ended, and holds no report back."""


def find_freshness(organization_id: UUID, *, week: Week) -> Freshness:
    """Usage is known until the slowest of the sources that still deliver; by the ledger itself until they are allocated."""
    reached: dict[UUID, datetime] = {}
    for span in list_billed_spans(organization_id):
        reached[span.source_id] = max(span.interval.end, reached.get(span.source_id, span.interval.end))
    delivering = [end for end in reached.values() if end > week.interval.start - STILL_DELIVERING]
    known = explorer.find_freshness(organization_id)
    until = min(delivering) if delivering else max(reached.values(), default=known.charged_until)
    return Freshness(complete_until=until, imported_at=known.imported_at)
