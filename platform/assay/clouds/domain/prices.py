"""Price books: what an hour of a machine costs, where, since when, and who says so. The format is docs/price-book.md."""

import csv
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from assay.core.errors import Invalid
from assay.core.money import QUANTUM, Money

COLUMNS = ("provider", "instance_type", "region", "lifecycle", "currency", "price_per_hour", "valid_from", "source")
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Offer:
    """What is sold: a machine type in a region, on-demand or spot."""

    provider: str
    instance_type: str
    region: str
    lifecycle: str


@dataclass(frozen=True, slots=True)
class Price:
    """per_hour holds from valid_from (a UTC day) until a later price of the same offer begins."""

    offer: Offer
    per_hour: Money
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class ListQuote:
    """An hour without any commitment of the asker's. valid_from: since when the source says so. is_fetched: by the provider's own list."""

    per_hour: Money
    valid_from: date
    is_fetched: bool


class PriceBook:
    """Prices by offer and day. An offer that no row names has no price; neither has a day before its first row."""

    def __init__(self, prices: Iterable[Price]) -> None:
        by_offer: dict[Offer, list[Price]] = {}
        for price in sorted(prices, key=lambda one: one.valid_from):
            by_offer.setdefault(price.offer, []).append(price)
        self._by_offer: Mapping[Offer, list[Price]] = by_offer

    def __len__(self) -> int:
        return sum(map(len, self._by_offer.values()))

    def list_prices(self, *, provider: str, region: str, lifecycle: str, on: date) -> list[Price]:
        """Of every machine type of a region that has a price on the day."""
        wanted = (provider, region, lifecycle)
        offers = (offer for offer in self._by_offer if (offer.provider, offer.region, offer.lifecycle) == wanted)
        return [price for offer in offers if (price := self.find(offer, on=on)) is not None]

    def find(self, offer: Offer, *, on: date) -> Price | None:
        prices = self._by_offer.get(offer, [])
        begun = bisect_right(prices, on, key=lambda price: price.valid_from)
        return prices[begun - 1] if begun else None


def parse_price_book(lines: Iterable[str], *, name: str) -> PriceBook:
    """A price book from the lines of its CSV text.

    name: of the file, for messages.
    raises: Invalid naming file, line, and what is wrong there; a book is taken whole or not at all.
    """
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Invalid(f"{name}, line 1: the columns must be {', '.join(COLUMNS)}, in this order.")
    prices: dict[tuple[Offer, date], Price] = {}
    for row in reader:
        where = f"{name}, line {reader.line_num}"
        if None in row or None in row.values():
            raise Invalid(f"{where}: a row has {len(COLUMNS)} values.")
        price = _parse_price(row, where=where)
        if prices.setdefault((price.offer, price.valid_from), price) is not price:
            raise Invalid(f"{where}: {price.offer.instance_type} has two prices from {price.valid_from} on; keep one.")
    return PriceBook(prices.values())


def _parse_price(row: Mapping[str, str], *, where: str) -> Price:
    blank = [column for column in COLUMNS if not row[column].strip()]
    if blank:
        raise Invalid(f"{where}: {blank[0]} is empty.")
    if not CURRENCY.fullmatch(row["currency"]):
        raise Invalid(f"{where}: currency is {row['currency']!r}; write its ISO 4217 code, such as USD.")
    return Price(
        Offer(row["provider"], row["instance_type"], row["region"], row["lifecycle"]),
        Money(_parse_amount(row["price_per_hour"], where=where), row["currency"]),
        _parse_day(row["valid_from"], where=where),
        row["source"],
    )


def _parse_amount(text: str, *, where: str) -> Decimal:
    try:
        amount = Decimal(text)
        if amount > 0 and amount == amount.quantize(QUANTUM):
            return amount
    except InvalidOperation as error:
        raise Invalid(f"{where}: price_per_hour is {text!r}, which is not a decimal number.") from error
    raise Invalid(f"{where}: price_per_hour is {text!r}; it must be above zero, with at most 15 decimals.")


def _parse_day(text: str, *, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{where}: valid_from is {text!r}; write a day as YYYY-MM-DD.") from error
