"""Single charges of the bill, page by page."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import ibis

from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import ChargePage, ChargeView, Credits
from assay.costs.domain.questions import Question
from assay.costs.selectors.engines.duckdb import PLACE
from assay.costs.selectors.questions import Choice, Filters, open_ledger

MAX_LIMIT = 500


def list_charges(
    organization_id: UUID,
    *,
    interval: Interval,
    basis: Basis = Basis.EFFECTIVE,
    filters: Filters | None = None,
    credit: Credits = Credits.INCLUDED,
    cursor: str | None = None,
    limit: int = 100,
) -> ChargePage:
    """The charges whose period starts in the interval, those with the largest cost on the basis first.

    cursor: of the page before. raises: Invalid for a limit outside 1..500, and for a cursor of a ledger that has changed since.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"limit must be between 1 and {MAX_LIMIT}.", limit=limit)
    with open_ledger(organization_id) as ledger:
        if ledger is None:
            return ChargePage((), None)
        start = _read_cursor(cursor, ledger.version)
        chosen = ledger.choose(Choice(interval, filters or {}, credit))
        order = [ibis.desc(basis.column, nulls_first=False), ibis.asc("charge_period_start"), *PLACE]
        rows = ledger.ask(Question.CHARGES, chosen.order_by(order).limit(limit + 1, offset=start))
        following = f"{ledger.version}-{start + limit}" if len(rows) > limit else None
    return ChargePage(tuple(_view(row) for row in rows[:limit]), following)


def _read_cursor(cursor: str | None, version: int) -> int:
    if cursor is None:
        return 0
    of_version, _, position = cursor.partition("-")
    if not (of_version.isdecimal() and position.isdecimal()):
        raise Invalid("This is no cursor of a list of charges: start from the first page.", cursor=cursor)
    if int(of_version) != version:
        raise Invalid("The ledger has changed since that page: start from the first page.", cursor=cursor)
    return int(position)


def _view(row: Mapping[str, Any]) -> ChargeView:
    return ChargeView(
        started_at=row["charge_period_start"],
        ended_at=row["charge_period_end"],
        category=row["charge_category"],
        description=row["charge_description"],
        service=row["service_name"],
        account=row["sub_account_id"] or row["billing_account_id"],
        region=row["region_id"] or row["region_name"],
        resource_id=row["resource_id"],
        currency=row["billing_currency"],
        costs={basis.value: row[basis.column] for basis in Basis},
        consumed_quantity=row["consumed_quantity"],
        consumed_unit=row["consumed_unit"],
        source_id=UUID(row["source_id"]),
        import_id=UUID(row["import_id"]),
        tags=json.loads(row["tags"]) if row["tags"] else {},
        details=json.loads(row["x_columns"]) if row["x_columns"] else {},
    )
