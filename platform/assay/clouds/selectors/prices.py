"""The price book that Assay ships: what a machine costs an hour before the bill says so."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from assay.clouds.domain.prices import Offer, PriceBook, parse_price_book
from assay.core.clock import now
from assay.core.money import Money

SHIPPED = Path(__file__).resolve().parents[1] / "prices" / "aws_on_demand.csv"


def hourly_price(provider: str, *, instance_type: str, region: str, lifecycle: str, at: datetime | None = None) -> Money | None:
    """Price of an hour at an instant (default: now), or None where no book names it: a price is never guessed."""
    day = (at or now()).astimezone(UTC).date()
    price = read_price_book().find(Offer(provider, instance_type, region, lifecycle), on=day)
    return price.per_hour if price else None


@cache
def read_price_book() -> PriceBook:
    """The shipped book. It changes with a release only, so a process reads it once."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return parse_price_book(lines, name=SHIPPED.name)
