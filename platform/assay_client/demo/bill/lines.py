"""A line of the bill: one thing that is charged again and again through a month."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from assay_client.demo.bill.columns import Charge, Costs, Row, blank_row, decimal_text, fill_row
from assay_client.demo.bill.commitments import used_columns
from assay_client.demo.bill.periods import Cadence, Month, Slot
from assay_client.demo.bill.quantities import Constant, Quantity

NOUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Item:
    """What is charged.

    columns: FOCUS columns that all its charges share. list_price, contracted_price: USD per pricing unit.
    consumed_per_unit: consumed units in one pricing unit.
    """

    columns: Mapping[str, str]
    list_price: Decimal
    contracted_price: Decimal
    consumed_per_unit: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Line:
    """market_price: drawn anew for each charge instead of the contracted price (spot).
    committed_price: what a unit costs under the Savings Plan that covers the whole line.
    """

    item: Item
    cadence: Cadence
    quantity: Quantity
    market_price: Quantity | None = None
    committed_price: Decimal | None = None

    def count(self, month: Month) -> int:
        return len(month.slots(self.cadence))

    def charges(self, month: Month, chance: Random, *, limit: int | None = None) -> Iterator[Charge]:
        slots = month.slots(self.cadence)[:limit]
        if isinstance(self.quantity, Constant) and self.market_price is None:
            yield from self._same_charges(month, chance, slots)
            return
        for slot in slots:
            yield self._charge(month, chance, slot)

    def _same_charges(self, month: Month, chance: Random, slots: list[Slot]) -> Iterator[Charge]:
        if not slots:
            return
        first = self._charge(month, chance, slots[0])
        for slot in slots:
            yield Charge(_within(slot, first.row.copy()), first.costs)

    def _charge(self, month: Month, chance: Random, slot: Slot) -> Charge:
        quantity = self.quantity.draw(chance, month)
        contracted_price = self.market_price.draw(chance, month) if self.market_price else self.item.contracted_price
        costs = self._costs(quantity, contracted_price)
        row = blank_row(self.item.columns)
        values = {
            "BillingPeriodStart": month.whole[0],
            "BillingPeriodEnd": month.whole[1],
            "InvoiceId": self.item.columns["InvoiceId"] + month.name,
            "PricingQuantity": decimal_text(quantity),
            "ConsumedQuantity": decimal_text(quantity * self.item.consumed_per_unit),
            "ListUnitPrice": decimal_text(self.item.list_price),
            "ContractedUnitPrice": decimal_text(contracted_price),
        }
        fill_row(row, values | costs.texts())
        if self.committed_price is not None:
            fill_row(row, used_columns(costs.effective))
        return Charge(_within(slot, row), costs)

    def _costs(self, quantity: Decimal, contracted_price: Decimal) -> Costs:
        contracted, listed = contracted_price * quantity, self.item.list_price * quantity
        if self.committed_price is None:
            return Costs(billed=contracted, contracted=contracted, effective=contracted, list=listed)
        return Costs(billed=NOUGHT, contracted=contracted, effective=self.committed_price * quantity, list=listed)


def _within(slot: Slot, row: Row) -> Row:
    fill_row(row, {"ChargePeriodStart": slot[0], "ChargePeriodEnd": slot[1]})
    return row
