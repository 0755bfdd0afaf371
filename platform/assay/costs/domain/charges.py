"""Answers about the bill: sums by dimension, single charges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from assay.core.money import EXACT


class Credits(StrEnum):
    """Whether charges of the category Credit count."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


Key = tuple[str | None, ...]
"""One value per dimension of the grouping; None where the charge has no value."""


@dataclass(frozen=True, slots=True)
class CostRow:
    key: Key
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CostTable:
    """rows: largest amount first; they sum to total exactly. other_currencies: charged in too, and not in this table."""

    rows: tuple[CostRow, ...]
    total: Decimal
    currency: str
    other_currencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DimensionValue:
    """label: a name for people where the value is an id; else the value."""

    value: str | None
    label: str | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Freshness:
    """charged_until: latest end of a charge in the ledger. imported_at: when the ledger last changed."""

    charged_until: datetime | None
    imported_at: datetime | None
    source_name: str | None


@dataclass(frozen=True, slots=True)
class ChargeView:
    """One row of the bill. place: in the list that it was read from. costs: per basis, None where the file has none.

    tags, details: as delivered.
    """

    place: str
    started_at: datetime
    ended_at: datetime
    category: str
    description: str | None
    service: str | None
    account: str | None
    region: str | None
    resource_id: str | None
    currency: str
    costs: Mapping[str, Decimal | None]
    consumed_quantity: Decimal | None
    consumed_unit: str | None
    source_id: UUID
    import_id: UUID
    tags: Mapping[str, object] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeDetail:
    """columns: every column of the ledger but tags and custom ones → value, None where there is none."""

    charge: ChargeView
    columns: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChargePage:
    """next_cursor: opens the following page; None on the last one."""

    charges: tuple[ChargeView, ...]
    next_cursor: str | None


def add_up(amounts: tuple[Decimal, ...] | list[Decimal]) -> Decimal:
    """The exact sum, whatever the precision of the thread's decimal context."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
