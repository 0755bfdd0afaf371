"""What a machine costs an hour: by the provider's list where it was reachable, else by the book that Assay ships."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from assay.clouds.domain.platforms import LINUX
from assay.clouds.domain.prices import ListQuote, Offer, PriceBook, parse_price_book
from assay.clouds.models import FetchedPrice
from assay.core.clock import now
from assay.core.money import Money

SHIPPED = Path(__file__).resolve().parents[1] / "prices" / "aws_on_demand.csv"

SHARED, ON_DEMAND = "shared", "on-demand"


def hourly_price(provider: str, *, instance_type: str, region: str, lifecycle: str, at: datetime | None = None) -> Money | None:
    """Price of an hour at an instant (default: now), or None where no book names it: a price is never guessed."""
    day = (at or now()).astimezone(UTC).date()
    price = read_price_book().find(Offer(provider, instance_type, region, lifecycle), on=day)
    return price.per_hour if price else None


def list_quotes(
    provider: str,
    *,
    region: str,
    platform: str = LINUX,
    tenancy: str = SHARED,
    offer: str = ON_DEMAND,
    on: date,
) -> Mapping[str, ListQuote]:
    """Machine type → price of an hour on a day, of all of a region on one platform and tenancy: one look for a whole fleet.

    offer: on-demand, or the terms of a reservation or plan as they were fetched. The provider's list goes before the shipped book, which knows
    Linux on shared tenancy alone. A type that neither has is left out. In the currency of the region's list.
    """
    currency = "CNY" if region.startswith("cn-") else "USD"
    rows = FetchedPrice.objects.filter(
        provider=provider, region=region, platform=platform, tenancy=tenancy, offer=offer, currency=currency, valid_from__lte=on
    )
    found: dict[str, ListQuote] = {}
    if (platform, tenancy) == (LINUX, SHARED):
        for price in read_price_book().list_prices(provider=provider, region=region, lifecycle=offer, on=on):
            if price.per_hour.currency == currency:
                found[price.offer.instance_type] = ListQuote(price.per_hour, price.valid_from, is_fetched=False)
    for name, amount, valid_from in rows.order_by("valid_from").values_list("name", "per_hour", "valid_from"):
        found[name] = ListQuote(Money(amount, currency), valid_from, is_fetched=True)
    return found


@cache
def read_price_book() -> PriceBook:
    """The shipped book. It changes with a release only, so a process reads it once."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return parse_price_book(lines, name=SHIPPED.name)
