"""Sums of charges."""

from typing import Self

from ninja import Schema

from assay.costs.domain.charges import CostTable
from assay.costs.domain.dimensions import Dimension


class SummaryRow(Schema):
    """key: dimension → value; null for charges without one."""

    key: dict[str, str | None]
    amount: str


class Summary(Schema):
    """rows, largest first, sum to total exactly, in one currency; other_currencies are charged in too."""

    rows: list[SummaryRow]
    total: str
    currency: str
    other_currencies: list[str]

    @classmethod
    def of(cls, table: CostTable, group_by: list[Dimension]) -> Self:
        names = [dimension.value for dimension in group_by]
        rows = [SummaryRow(key=dict(zip(names, row.key, strict=True)), amount=f"{row.amount:f}") for row in table.rows]
        return cls(rows=rows, total=f"{table.total:f}", currency=table.currency, other_currencies=list(table.other_currencies))
