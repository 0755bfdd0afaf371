"""Single charges; amounts are text."""

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from ninja import Schema

from assay.costs.domain.charges import ChargeDetail, ChargePage, ChargeView


class ChargeOut(Schema):
    """place: by which costs/charges/{place} finds it again with the same filter, until the ledger changes."""

    place: str
    started_at: datetime
    ended_at: datetime
    category: str
    description: str | None
    service: str | None
    account: str | None
    region: str | None
    resource: str | None
    currency: str
    costs: dict[str, str | None]
    consumed_quantity: str | None
    consumed_unit: str | None
    tags: dict[str, object]
    source_id: UUID
    import_id: UUID

    @classmethod
    def of(cls, charge: ChargeView) -> Self:
        return cls(
            place=charge.place,
            started_at=charge.started_at,
            ended_at=charge.ended_at,
            category=charge.category,
            description=charge.description,
            service=charge.service,
            account=charge.account,
            region=charge.region,
            resource=charge.resource_id,
            currency=charge.currency,
            costs={basis: _text(amount) for basis, amount in charge.costs.items()},
            consumed_quantity=_text(charge.consumed_quantity),
            consumed_unit=charge.consumed_unit,
            tags=dict(charge.tags),
            source_id=charge.source_id,
            import_id=charge.import_id,
        )


class ChargeList(Schema):
    items: list[ChargeOut]
    next_cursor: str | None

    @classmethod
    def of(cls, page: ChargePage) -> Self:
        return cls(items=[ChargeOut.of(charge) for charge in page.charges], next_cursor=page.next_cursor)


class ChargeDetailOut(Schema):
    """columns: every column of the ledger that has a value; custom: those that FOCUS does not know."""

    charge: ChargeOut
    columns: dict[str, str]
    custom: dict[str, object]

    @classmethod
    def of(cls, found: ChargeDetail) -> Self:
        columns = {name: str(_shown(value)) for name, value in found.columns.items() if value is not None}
        return cls(charge=ChargeOut.of(found.charge), columns=columns, custom=dict(found.charge.details))


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return _text(value) if isinstance(value, Decimal) else value


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
