"""Single charges of the bill, page by page."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import ibis
from ibis.expr.types import Table

from assay.core.errors import Invalid, NotFound
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import ChargeDetail, ChargePage, ChargeView
from assay.costs.domain.questions import CostQuestion, Question
from assay.costs.selectors.questions import Choice, Ledger, open_ledger

MAX_LIMIT = 500
NOT_SHOWN = ("tags", "x_columns", "charge_count", "covers_others")
TIES = [
    "charge_period_start",
    "charge_period_end",
    "billing_currency",
    "billing_account_id",
    "sub_account_id",
    "service_name",
    "resource_id",
    "region_id",
    "sku_id",
    "charge_category",
    "charge_description",
    "billed_cost",
    "effective_cost",
    "contracted_cost",
    "list_cost",
    "consumed_quantity",
    "pricing_quantity",
    "commitment_discount_id",
    "commitment_discount_status",
    "invoice_id",
    "tags",
    "x_columns",
    "source_id",
    "import_id",
]
"""What orders charges of the same cost. Those that agree in all of it cannot be told apart."""


def list_charges(organization_id: UUID, question: CostQuestion, *, cursor: str | None = None, limit: int = 100) -> ChargePage:
    """The charges that a question counts, those with the largest cost on its basis first.

    cursor: of the page before. raises: Invalid for a limit outside 1..500, and for a cursor of a ledger that has changed since.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"limit must be between 1 and {MAX_LIMIT}.", limit=limit)
    with open_ledger(organization_id) as ledger:
        if ledger is None:
            return ChargePage((), None)
        start = _read_cursor(cursor, ledger.version)
        rows = ledger.ask(Question.CHARGES, _ordered(ledger, question).limit(limit + 1, offset=start))
        following = f"{ledger.version}-{start + limit}" if len(rows) > limit else None
        views = tuple(_view(row, f"{ledger.version}-{start + i}") for i, row in enumerate(rows[:limit]))
    return ChargePage(views, following)


def get_charge(organization_id: UUID, question: CostQuestion, *, place: str) -> ChargeDetail:
    """One of the charges of list_charges with all its columns. raises: Invalid as there; NotFound."""
    with open_ledger(organization_id) as ledger:
        if ledger is not None:
            position = _read_cursor(place, ledger.version)
            for row in ledger.ask(Question.CHARGES, _ordered(ledger, question).limit(1, offset=position)):
                columns = {name: row[name] for name in ledger.charges.columns if name not in NOT_SHOWN}
                return ChargeDetail(_view(row, place), columns)
    raise NotFound("There is no such charge: start from the list of charges.", place=place)


def _ordered(ledger: Ledger, question: CostQuestion) -> Table:
    chosen = ledger.choose(Choice((question.interval,), question.filter, question.credits))
    ties = (ibis.asc(name, nulls_first=True) for name in TIES if name != question.basis.column)
    return chosen.order_by([ibis.desc(question.basis.column, nulls_first=False), *ties])


def _read_cursor(cursor: str | None, version: int) -> int:
    if cursor is None:
        return 0
    of_version, _, position = cursor.partition("-")
    if not (of_version.isdecimal() and position.isdecimal() and len(cursor) < 40):
        raise Invalid("This is no cursor of a list of charges: start from the first page.", cursor=cursor)
    if int(of_version) != version:
        raise Invalid("The ledger has changed since that page: start from the first page.", cursor=cursor)
    return int(position)


def _view(row: Mapping[str, Any], place: str) -> ChargeView:
    return ChargeView(
        place=place,
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
