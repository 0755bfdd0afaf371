"""Facts as plain values, for checks: what is held, measured, billed and sold, without a database.

facts = FactSet().with_(make_instance("i-1"), cpu=make_series(12), bill=make_bill(effective=70)).sells({"m5.large": "0.096"})
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assay.clouds.domain.inventory import Database, Details, Instance, Resource, ResourceKey, ResourceKind
from assay.clouds.domain.machine_type_tables import parse_machine_types
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.prices import Offer, PriceBook, parse_price_book
from assay.clouds.domain.utilization import Metric, Series
from assay.core.money import Money
from assay.recommendations.domain.facts import Quote, ResourceBill, Wanted
from assay.recommendations.domain.found import PriceSource

SHIPPED = Path(__file__).resolve().parents[2] / "platform" / "assay" / "clouds" / "prices"
AT = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
REGION = "us-east-1"
ACCOUNT = "111122223333"
FIVE_MINUTES = timedelta(minutes=5)

Price = str | int | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSet:
    """The `Facts` protocol as a value: with_, sells and offers make another one with more in it.

    The days of a series and of a bill are those asked for, as with the selector: a series is cut to the whole days before `at`.
    """

    at: datetime = AT
    currency: str = "USD"
    held: tuple[Resource, ...] = ()
    measured: Mapping[tuple[ResourceKey, Metric], Series] = field(default_factory=dict)
    bills: Mapping[ResourceKey, ResourceBill] = field(default_factory=dict)
    resized: Mapping[ResourceKey, datetime] = field(default_factory=dict)
    quotes: Mapping[Wanted, Quote] = field(default_factory=dict)
    types: Mapping[tuple[str, str], tuple[MachineType, ...]] = field(default_factory=dict)

    def with_(self, *resources: Resource, bill: ResourceBill | None = None, **series: Series | None) -> "FactSet":
        """One or more resources, each with this bill and these series, named as the metrics in small letters: cpu, network_in, gpu_memory."""
        measured = {
            (one.key, Metric[name.upper()]): values
            for one in resources
            for name, values in series.items()
            if values is not None
        }
        bills = {one.key: bill for one in resources if bill}
        return replace(
            self, held=(*self.held, *resources), measured={**self.measured, **measured}, bills={**self.bills, **bills}
        )

    def sells(self, prices: Mapping[str, Price], *, source: PriceSource = PriceSource.PROVIDER, **wanted: str) -> "FactSet":
        """Type → price of an hour. wanted: more fields of `Wanted`."""
        fields = {"provider": "aws", "region": REGION, **wanted}
        quotes = {Wanted(name=name, **fields): make_quote(price, self.currency, source) for name, price in prices.items()}
        return replace(self, quotes={**self.quotes, **quotes})

    def offers(self, *types: MachineType, region: str = REGION) -> "FactSet":
        known = self.types.get(("aws", region), ())
        return replace(self, types={**self.types, ("aws", region): (*known, *types)})

    def knows_aws(self) -> "FactSet":
        """The machine types and prices that Assay ships, of Linux machines in us-east-1."""
        types, book = read_shipped()
        prices = {
            offer.instance_type: price.per_hour.amount
            for one in types
            if (price := book.find(offer := Offer("aws", one.name, REGION, "on-demand"), on=self.at.date()))
        }
        return self.offers(*types).sells(prices, source=PriceSource.SHIPPED)

    def resources(self, kind: ResourceKind) -> Iterator[Resource]:
        return (one for one in self.held if one.key.kind is kind)

    def find(self, kind: ResourceKind, account_id: str, region: str, native_id: str) -> Resource | None:
        key = ResourceKey("aws", account_id, region, kind, native_id)
        return next((one for one in self.held if one.key == key), None)

    def series(self, resource: Resource, metric: Metric, *, days: int) -> Series | None:
        series = self.measured.get((resource.key, metric))
        return cut(series, self.at, days) if series else None

    def resized_at(self, resource: Resource) -> datetime | None:
        return self.resized.get(resource.key)

    def bill(self, resource: Resource, *, days: int) -> ResourceBill | None:
        return self.bills.get(resource.key)

    def quote(self, wanted: Wanted) -> Quote | None:
        return self.quotes.get(wanted)

    def machine_types(self, provider: str, region: str) -> Sequence[MachineType]:
        return self.types.get((provider, region), ())


@cache
def read_shipped() -> tuple[tuple[MachineType, ...], PriceBook]:
    """Read here and not by selectors, which need Django: benchmarks of rules have none."""
    with (SHIPPED / "aws_machine_types.csv").open(encoding="utf-8", newline="") as lines:
        types = tuple(one.machine_type for one in parse_machine_types(lines, name="aws_machine_types.csv"))
    with (SHIPPED / "aws_on_demand.csv").open(encoding="utf-8", newline="") as lines:
        return types, parse_price_book(lines, name="aws_on_demand.csv")


def cut(series: Series, at: datetime, days: int) -> Series | None:
    """The part in the whole days before `at`; None when there is none."""
    until = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = max(0, -((series.start - (until - timedelta(days=days))) // series.step))
    last = min(len(series), (until - series.start) // series.step)
    if last <= first:
        return None
    return Series(series.start + first * series.step, series.step, series.average[first:last], series.maximum[first:last])


def make_resource(
    kind: ResourceKind,
    native_id: str,
    details: Details,
    *,
    state: str = "running",
    account_id: str = ACCOUNT,
    region: str = REGION,
    **known: Any,
) -> Resource:
    """known: more fields of `Resource`. First seen 90 days before AT, last an hour before."""
    key = ResourceKey("aws", account_id, region, kind, native_id)
    times = {"first_seen_at": AT - timedelta(days=90), "last_seen_at": AT - timedelta(hours=1)}
    return Resource(key=key, details=details, state=state, **{**times, **known})


def make_instance(
    native_id: str = "i-1", instance_type: str = "m5.2xlarge", *, state: str = "running", **details: Any
) -> Resource:
    """details: more fields of `Instance`; those of `Resource` by `make_resource` or `dataclasses.replace`."""
    return make_resource(ResourceKind.INSTANCE, native_id, Instance(instance_type, **details), state=state)


def make_database(
    native_id: str = "db-1", instance_class: str = "db.m5.2xlarge", *, engine: str = "postgres", **details: Any
) -> Resource:
    database = Database(instance_class, engine, details.pop("storage_gib", 100), **details)
    return make_resource(ResourceKind.DATABASE, native_id, database, state="available")


def make_series(
    maximum: float | Iterable[float],
    average: float | Iterable[float] | None = None,
    *,
    days: int = 14,
    step: timedelta = FIVE_MINUTES,
    at: datetime = AT,
) -> Series:
    """Until the last midnight before `at`. A number holds for all the days; values are one a step, and end there. average: default maximum."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = int(timedelta(days=days) / step)
    maxima = np.full(steps, maximum, np.float32) if isinstance(maximum, (int, float)) else np.asarray(list(maximum), np.float32)
    if average is None:
        averages = maxima
    else:
        averages = (
            np.full(len(maxima), average, np.float32)
            if isinstance(average, (int, float))
            else np.asarray(list(average), np.float32)
        )
    return Series(midnight - len(maxima) * step, step, averages, maxima)


def make_bill(
    effective: Price = 100,
    *,
    on_demand: Price | None = None,
    covered: Price = 0,
    days: int = 14,
    currency: str = "USD",
    last_day: date | None = None,
) -> ResourceBill:
    """effective, on_demand: of all the days together. on_demand: default effective. last_day: default the day before AT."""
    return ResourceBill(
        days=days,
        effective=Money(Decimal(effective), currency),
        on_demand=Money(Decimal(effective if on_demand is None else on_demand), currency),
        covered=Decimal(covered),
        last_day=last_day or AT.date() - timedelta(days=1),
    )


def make_quote(per_hour: Price, currency: str = "USD", source: PriceSource = PriceSource.PROVIDER) -> Quote:
    return Quote(Money(Decimal(per_hour), currency), source, AT.date())
