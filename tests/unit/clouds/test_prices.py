from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from assay.clouds.domain.prices import COLUMNS, Offer, PriceBook, parse_price_book
from assay.clouds.selectors.prices import hourly_price, read_price_book
from assay.core.clock import frozen
from assay.core.errors import Invalid
from assay.core.money import Money

NOVEMBER = datetime(2026, 11, 2, 12, tzinfo=UTC)
HEADER = ",".join(COLUMNS)
LARGE = Offer("aws", "m5.large", "us-east-1", "on-demand")


def book(*rows: str) -> PriceBook:
    return parse_price_book([HEADER, *rows], name="prices.csv")


@pytest.mark.parametrize(
    ("instance_type", "price"),
    [
        ("m5.large", "0.096"),
        ("c6i.2xlarge", "0.34"),
        ("g5.xlarge", "1.006"),
        ("p4d.24xlarge", "21.957642"),
        ("p5.48xlarge", "55.04"),
    ],
)
def test_the_shipped_book_knows_public_prices(instance_type: str, price: str) -> None:
    with frozen(NOVEMBER):
        found = hourly_price("aws", instance_type=instance_type, region="us-east-1", lifecycle="on-demand")
    assert found == Money(Decimal(price), "USD")


@pytest.mark.parametrize(
    ("provider", "instance_type", "region", "lifecycle"),
    [
        ("aws", "m5.enormous", "us-east-1", "on-demand"),
        ("aws", "m5.large", "eu-central-1", "on-demand"),
        ("aws", "m5.large", "us-east-1", "spot"),
        ("host", "m5.large", "us-east-1", "on-demand"),
        ("", "", "", ""),
    ],
)
def test_a_price_is_never_guessed(provider: str, instance_type: str, region: str, lifecycle: str) -> None:
    assert hourly_price(provider, instance_type=instance_type, region=region, lifecycle=lifecycle, at=NOVEMBER) is None


def test_the_shipped_book_is_read_whole() -> None:
    assert len(read_price_book()) == 53


def test_a_price_holds_from_its_day_until_the_next() -> None:
    prices = book(
        "aws,m5.large,us-east-1,on-demand,USD,0.10,2026-03-01,list", "aws,m5.large,us-east-1,on-demand,USD,0.09,2026-06-01,list"
    )
    found = [prices.find(LARGE, on=day) for day in (date(2026, 2, 28), date(2026, 5, 31), date(2026, 6, 1))]
    assert [price and price.per_hour.amount for price in found] == [None, Decimal("0.10"), Decimal("0.09")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("aws,m5.large,us-east-1,on-demand,USD,cheap,2026-03-01,list", "line 2: price_per_hour is 'cheap'"),
        ("aws,m5.large,us-east-1,on-demand,USD,NaN,2026-03-01,list", "line 2: price_per_hour is 'NaN'"),
        ("aws,m5.large,us-east-1,on-demand,USD,-1,2026-03-01,list", "must be above zero"),
        ("aws,m5.large,us-east-1,on-demand,USD,1E30,2026-03-01,list", "line 2: price_per_hour is '1E30'"),
        ("aws,m5.large,us-east-1,on-demand,usd,1,2026-03-01,list", "line 2: currency is 'usd'"),
        ("aws,m5.large,us-east-1,on-demand,USD,1,March,list", "line 2: valid_from is 'March'"),
        ("aws,m5.large,,on-demand,USD,1,2026-03-01,list", "line 2: region is empty"),
        ("aws,m5.large,us-east-1", "line 2: a row has 8 values"),
        ("aws,m5.large,us-east-1,on-demand,USD,1,2026-03-01,list,more", "line 2: a row has 8 values"),
    ],
)
def test_a_wrong_row_is_named(row: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        book(row)


def test_two_prices_from_one_day_are_refused() -> None:
    row = "aws,m5.large,us-east-1,on-demand,USD,{},2026-03-01,list"
    with pytest.raises(Invalid, match=r"line 3: m5\.large has two prices from 2026-03-01 on"):
        book(row.format("1"), row.format("2"))


def test_wrong_columns_are_refused() -> None:
    with pytest.raises(Invalid, match="line 1: the columns must be provider"):
        parse_price_book(["type,price", "m5.large,1"], name="prices.csv")
