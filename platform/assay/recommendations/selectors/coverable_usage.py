"""What commitments covered and could cover, read from one version of the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import DecimalValue, StringValue, Table

from assay.core.intervals import Interval
from assay.core.money import EXACT, apportion, from_quanta, to_quanta
from assay.costs.domain.dimensions import Extra
from assay.costs.domain.questions import Question
from assay.costs.selectors.conditions import value_of
from assay.costs.selectors.questions import Choice, Ledger, needs_of, open_ledger, starts_within
from assay.recommendations.domain.commitments import Hour
from assay.recommendations.domain.purchases import Whole
from assay.recommendations.domain.savings_plans import SERVICES

Floats = npt.NDArray[np.float64]

HOUR = timedelta(hours=1)
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""No bill is older."""
MICROS_OF_AN_HOUR = 3_600_000_000
BATCH_ROWS = 100_000
USED, UNUSED = "Used", "Unused"
KEYS = ("service", "region", "sku", "meter", "instance_type", "pricing", "commitment")
BETWEEN = "\x1f"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class UsageKey:
    """commitment: what covered it; empty for usage on demand. resource: only where usage was asked for by resource."""

    service: str
    region: str
    sku: str
    meter: str
    instance_type: str
    pricing: str
    commitment: str
    resource: str = ""

    @property
    def name(self) -> str:
        """The same for covered and uncovered usage."""
        return BETWEEN.join((self.service, self.region, self.sku, self.meter))


@dataclass(frozen=True, slots=True)
class Sums:
    """Exact. on_demand: at contracted prices. listed: at public ones. effective: what was paid over time."""

    on_demand: Decimal
    listed: Decimal
    effective: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class HourlyUsage:
    """on_demand: (hours, keys), from the interval's start on. spread: of it, in charges longer than an hour, evenly."""

    start: datetime
    keys: tuple[UsageKey, ...]
    on_demand: Floats
    spread: Decimal


@dataclass(frozen=True, slots=True)
class Held:
    """A commitment as the bill tells of it. kind: Spend or Usage. usage_types: how its purchases are called. since: its first charge."""

    id: str
    name: str
    type: str
    kind: str
    provider: str
    currency: str
    charges: int
    usage_types: str
    since: datetime


class CommitmentLedger:
    """interval: whole hours."""

    def __init__(self, ledger: Ledger, interval: Interval) -> None:
        self._ledger = ledger
        self._interval = interval
        self.version = ledger.version
        self._charges = ledger.choose(Choice((interval,)))

    def list_commitments(self) -> list[Held]:
        """All that have a charge in the interval. What their purchases say may lie long before it."""
        until = self._ledger.choose(Choice((_until(self._interval),)))
        rows = self._ledger.ask(Question.COMMITMENTS, commitments_of(until, self._interval))
        return [
            Held(
                row["id"],
                row["name"] or row["id"],
                row["type"] or "",
                row["kind"] or "",
                row["provider"] or "",
                row["currency"],
                row["charges"],
                row["usage_types"] or "",
                row["since"].astimezone(UTC),
            )
            for row in rows
            if row["charges"]
        ]

    def read_hours(self, currency: str) -> dict[str, dict[datetime, Hour]]:
        """Commitment's id → start of an hour → that hour. Charges of longer times are split over their hours without a rest."""
        found: dict[str, dict[datetime, list[Decimal]]] = {}
        expression = hours_of_commitments(self._charges, currency)
        for batch in self._ledger.stream(Question.COMMITMENT_HOURS, expression, batch_rows=BATCH_ROWS):
            for row in batch.to_pylist():
                hours = found.setdefault(row["id"], {})
                figures = [row["effective"], row["on_demand"], row["units"]]
                for start, parts in _split(row["start"], row["end"], figures):
                    sums = hours.get(start, [ZERO] * 5)
                    effective, on_demand, units = parts
                    used = (effective, on_demand, units) if row["status"] == USED else (ZERO,) * 3
                    added = (effective, used[0], used[1], units, used[2])
                    hours[start] = [EXACT.add(sum_, part) for sum_, part in zip(sums, added, strict=True)]
        return {
            id_: {start: Hour(*sums) for start, sums in hours.items() if self._interval.contains(start)}
            for id_, hours in found.items()
        }

    def read_sums(self, currency: str) -> dict[UsageKey, Sums]:
        rows = self._ledger.ask(Question.COVERABLE_SUMS, sums_of_coverable(self._charges, currency))
        return {_key_of(row): Sums(row["on_demand"], row["listed"], row["effective"]) for row in rows}

    def read_usage(self, currency: str) -> HourlyUsage:
        """Amounts of single hours, as charts and purchases need them, in floating point; sums that are told come from read_sums."""
        return self._read_usage(Question.COVERABLE_HOURS, hours_of_coverable(self._charges, currency))

    def read_usage_of(self, currency: str, resource_ids: Sequence[str]) -> HourlyUsage:
        """As read_usage, of these resources alone, each by itself."""
        expression = hours_of_resources(self._charges, currency, resource_ids)
        return self._read_usage(Question.CLAIMED_HOURS, expression)

    def _read_usage(self, question: Question, expression: Table) -> HourlyUsage:
        batches = list(self._ledger.stream(question, expression, batch_rows=BATCH_ROWS))
        if not batches:
            return HourlyUsage(self._interval.start, (), np.zeros((self._hours, 0)), ZERO)
        table = pa.Table.from_batches(batches)
        names = [name for name in (*KEYS, "resource") if name in table.column_names]
        named = pc.binary_join_element_wise(*(pc.fill_null(table[name], "") for name in names), BETWEEN)
        codes = named.combine_chunks().dictionary_encode()
        keys = tuple(UsageKey(*text.split(BETWEEN)) for text in codes.dictionary.to_pylist())
        starts, ends = (table[name].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy() for name in ("start", "end"))
        return self._place(keys, codes.indices.to_numpy(), starts, ends, table["on_demand"].cast(pa.float64()).to_numpy())

    @property
    def _hours(self) -> int:
        return int(self._interval.length / HOUR)

    def _place(self, keys: tuple[UsageKey, ...], codes: Any, starts: Whole, ends: Whole, amounts: Floats) -> HourlyUsage:
        origin = int(self._interval.start.timestamp()) * 1_000_000
        first = (starts - origin) // MICROS_OF_AN_HOUR
        lasting = np.maximum(1, (ends - origin + MICROS_OF_AN_HOUR - 1) // MICROS_OF_AN_HOUR - first)
        spend = np.zeros((self._hours, len(keys)))
        single = lasting == 1
        np.add.at(spend, (first[single], codes[single]), amounts[single])
        for row in np.flatnonzero(~single):
            spend[first[row] : first[row] + lasting[row], codes[row]] += amounts[row] / lasting[row]
        spread = Decimal(str(round(float(amounts[~single].sum()), 9)))
        return HourlyUsage(self._interval.start, keys, np.maximum(spend, 0), spread)


@contextmanager
def open_commitments(organization_id: UUID, interval: Interval) -> Iterator[CommitmentLedger | None]:
    """The ledger as it is now; None while it holds nothing. interval: of the charges' starts, whole hours."""
    needs = needs_of(Choice((_until(interval),)), columns=("charge_period_start",))
    with open_ledger(organization_id, needs) as ledger:
        yield None if ledger is None else CommitmentLedger(ledger, interval)


def _until(interval: Interval) -> Interval:
    return Interval(min(BEGINNING, interval.start), interval.end)


def commitments_of(charges: Table, interval: Interval) -> Table:
    """One row per commitment. charges: how many of its charges begin in the interval."""
    held = charges.filter(charges.commitment_discount_id.notnull())
    called = ibis.ifelse(held.charge_category == "Purchase", _usage_type_of(held), ibis.null("string"))
    return held.group_by(id=held.commitment_discount_id, currency=held.billing_currency).aggregate(
        name=held.commitment_discount_name.max(),
        type=held.commitment_discount_type.max(),
        kind=held.commitment_discount_category.max(),
        provider=held.service_provider_name.max(),
        usage_types=called.max(),
        since=held.charge_period_start.min(),
        charges=starts_within(held, interval).ifelse(held.charge_count, 0).sum(),
    )


def hours_of_commitments(charges: Table, currency: str) -> Table:
    """Per commitment, time and status. units: only where the bill counts the commitment in units."""
    held = charges.filter(
        charges.commitment_discount_id.notnull(),
        charges.commitment_discount_status.isin([USED, UNUSED]),
        charges.billing_currency == currency,
    )
    units = ibis.ifelse(
        held.commitment_discount_category == "Usage", held.commitment_discount_quantity, ibis.null("decimal(33, 15)")
    )
    return held.group_by(
        id=held.commitment_discount_id,
        start=held.charge_period_start,
        end=held.charge_period_end,
        status=held.commitment_discount_status,
    ).aggregate(
        effective=held.effective_cost.sum(),
        on_demand=_zero_for_none(on_demand_of(held).sum()),
        units=_zero_for_none(units.sum()),
    )


def sums_of_coverable(charges: Table, currency: str) -> Table:
    usage = _coverable(charges, currency)
    listed = ibis.coalesce(usage.list_cost, usage.contracted_cost, usage.effective_cost)
    return usage.group_by(**_keys(usage)).aggregate(
        on_demand=on_demand_of(usage).sum(), listed=listed.sum(), effective=usage.effective_cost.sum()
    )


def hours_of_coverable(charges: Table, currency: str) -> Table:
    usage = _coverable(charges, currency)
    return _hours(usage, _keys(usage))


def hours_of_resources(charges: Table, currency: str, resource_ids: Sequence[str]) -> Table:
    usage = _coverable(charges.filter(charges.resource_id.isin(resource_ids)), currency)
    return _hours(usage, _keys(usage) | {"resource": usage.resource_id})


def _hours(usage: Table, keys: Mapping[str, StringValue]) -> Table:
    grouped = usage.group_by(**keys, start=usage.charge_period_start, end=usage.charge_period_end)
    return grouped.aggregate(on_demand=on_demand_of(usage).sum())


def on_demand_of(charges: Table) -> DecimalValue:
    """What usage costs without commitments: its contracted cost, or the public one where the bill has no other."""
    cost: DecimalValue = ibis.coalesce(charges.contracted_cost, charges.list_cost, charges.effective_cost)
    return cost


def _coverable(charges: Table, currency: str) -> Table:
    """Usage that a commitment covered, and usage on demand of services that have Savings Plans."""
    names = sorted({name for services in SERVICES.values() for name in services})
    served = charges.service_name.startswith(names[0])
    for name in names[1:]:
        served = served | charges.service_name.startswith(name)
    covered = charges.commitment_discount_status == USED
    on_demand = (charges.pricing_category == "Standard") & charges.commitment_discount_id.isnull() & served
    return charges.filter(
        charges.charge_category == "Usage",
        charges.billing_currency == currency,
        covered.fill_null(False) | on_demand.fill_null(False),
    )


def _keys(usage: Table) -> dict[str, StringValue]:
    return {
        "service": usage.service_name,
        "region": ibis.coalesce(usage.region_id, usage.region_name),
        "sku": usage.sku_id,
        "meter": _usage_type_of(usage),
        "instance_type": usage.instance_type,
        "pricing": usage.pricing_category,
        "commitment": usage.commitment_discount_id,
    }


def _usage_type_of(charges: Table) -> StringValue:
    """AWS's reports keep it beside FOCUS's columns where these have no place for it."""
    named: StringValue = ibis.coalesce(
        charges.sku_meter, value_of(charges, Extra("line_item_usage_type")), charges.sku_id, charges.charge_description
    )
    return named


def _zero_for_none(amount: Any) -> Any:
    return amount.coalesce(ibis.literal(0, type="decimal(38, 15)"))


def _key_of(row: Mapping[str, Any]) -> UsageKey:
    return UsageKey(*(row[name] or "" for name in KEYS))


def _split(start: datetime, end: datetime, figures: Sequence[Decimal]) -> Iterator[tuple[datetime, list[Decimal]]]:
    """Per hour that the time touches, its share of each figure; they sum to the figures exactly."""
    first = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = max(1, -((first - end.astimezone(UTC)) // HOUR))
    if hours == 1:
        yield first, list(figures)
        return
    shares = [apportion(to_quanta(figure), [1] * hours) for figure in figures]
    for number in range(hours):
        yield first + number * HOUR, [from_quanta(share[number]) for share in shares]
