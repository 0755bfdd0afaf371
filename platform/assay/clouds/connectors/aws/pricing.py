"""Prices of machines from the public Price List."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assay.clouds.connectors.aws.sessions import HOME_REGION, Clients, list_pages

PRODUCTS = "pricing:GetProducts"
HOURS_OF_A_YEAR = 8_760
ON_DEMAND = "on-demand"


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """An hour. offer: on-demand, or a reservation's terms in words. A reservation's hour holds its share of what is paid in advance."""

    name: str
    offer: str
    currency: str
    per_hour: Decimal
    valid_from: date


def list_prices(clients: Clients, *, region: str, operation: str, tenancy: str = "shared") -> list[ListedPrice]:
    """Of every machine type of a region with one platform and tenancy. operation: code of the platform, RunInstances:0010.

    raises: Refused.
    """
    wanted = {
        "regionCode": region,
        "operation": operation,
        "tenancy": tenancy.capitalize(),
        "capacitystatus": "Used",
        "marketoption": "OnDemand",
    }
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    client = clients.get("pricing", HOME_REGION)
    products = list_pages(client, "get_products", "PriceList", permission=PRODUCTS, ServiceCode="AmazonEC2", Filters=filters)
    return [price for product in products for price in _read(json.loads(str(product)))]


def _read(product: Mapping[str, Any]) -> Iterator[ListedPrice]:
    name = product["product"]["attributes"].get("instanceType", "")
    if not name:
        return
    terms = product.get("terms", {})
    for term in terms.get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension.get("unit") == "Hrs":
                yield from _read_dimension(name, ON_DEMAND, term, dimension)
    for term in terms.get("Reserved", {}).values():
        yield from _read_reserved(name, term)


def _read_dimension(name: str, offer: str, term: Mapping[str, Any], dimension: Mapping[str, Any]) -> Iterator[ListedPrice]:
    """What costs nothing is an offer that is not sold so."""
    for currency, amount in dimension["pricePerUnit"].items():
        if Decimal(amount) > 0:
            yield ListedPrice(name, offer, currency, Decimal(amount), _day(term["effectiveDate"]))


def _read_reserved(name: str, term: Mapping[str, Any]) -> Iterator[ListedPrice]:
    facts = term.get("termAttributes", {})
    length = facts.get("LeaseContractLength", "")
    years = int(length.removesuffix("yr").strip() or 0)
    if not years:
        return
    offer = f"reserved {facts.get('OfferingClass', 'standard')} {years}yr {facts.get('PurchaseOption', '')}".strip().lower()
    hourly: dict[str, Decimal] = {}
    for dimension in term["priceDimensions"].values():
        share = Decimal(1) if dimension.get("unit") == "Hrs" else Decimal(1) / (HOURS_OF_A_YEAR * years)
        for currency, amount in dimension["pricePerUnit"].items():
            hourly[currency] = hourly.get(currency, Decimal(0)) + Decimal(amount) * share
    for currency, per_hour in hourly.items():
        if per_hour > 0:
            yield ListedPrice(name, offer, currency, per_hour.quantize(Decimal("1E-15")), _day(term["effectiveDate"]))


def _day(text: str) -> date:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).date()
