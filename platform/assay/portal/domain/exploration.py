"""What the explorer's URL asks for, and how its groups are drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assay.core.errors import Invalid
from assay.core.money import EXACT
from assay.costs.domain.dimensions import Dimension
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Point, Series, describe_chart

LABELS = {
    Dimension.SERVICE: "Service",
    Dimension.SERVICE_CATEGORY: "Service category",
    Dimension.SERVICE_SUBCATEGORY: "Service subcategory",
    Dimension.PROVIDER: "Provider",
    Dimension.ACCOUNT: "Account",
    Dimension.BILLING_ACCOUNT: "Billing account",
    Dimension.REGION: "Region",
    Dimension.ZONE: "Zone",
    Dimension.RESOURCE: "Resource",
    Dimension.RESOURCE_TYPE: "Resource type",
    Dimension.INSTANCE_TYPE: "Instance type",
    Dimension.CHARGE_CATEGORY: "Charge category",
    Dimension.PRICING_CATEGORY: "Pricing category",
    Dimension.COMMITMENT: "Commitment",
    Dimension.SKU: "SKU",
    Dimension.SOURCE: "Billing source",
    Dimension.BILLING_PERIOD: "Billing period",
    Dimension.DAY: "Day",
    Dimension.MONTH: "Month",
}
NEXT = {
    Dimension.PROVIDER: Dimension.SERVICE,
    Dimension.SERVICE_CATEGORY: Dimension.SERVICE,
    Dimension.SERVICE: Dimension.RESOURCE,
    Dimension.ACCOUNT: Dimension.SERVICE,
    Dimension.BILLING_ACCOUNT: Dimension.ACCOUNT,
    Dimension.REGION: Dimension.SERVICE,
    Dimension.CHARGE_CATEGORY: Dimension.SERVICE,
    Dimension.DAY: Dimension.SERVICE,
    Dimension.MONTH: Dimension.SERVICE,
}
"""Where a click on a group leads: its parts by this."""

DRAWN = 9
"""Groups with a colour of their own; all others are one."""

NO_VALUE = "(none)"


@dataclass(frozen=True, slots=True)
class Filter:
    """Only charges that have this value; None: only those without one."""

    dimension: Dimension
    value: str | None

    @property
    def token(self) -> str:
        return f"{self.dimension.value}:{NO_VALUE if self.value is None else self.value}"

    @property
    def label(self) -> str:
        return f"{LABELS[self.dimension]}: {NO_VALUE if self.value is None else self.value}"


def read_filters(tokens: Iterable[str]) -> tuple[Filter, ...]:
    """`service:Amazon S3`, once or more often. raises: Invalid."""
    return tuple(dict.fromkeys(_read_filter(token) for token in tokens))


def _read_filter(token: str) -> Filter:
    name, separator, value = token.partition(":")
    if not separator or name not in set(Dimension):
        raise Invalid(f"{token!r} is no filter: write for example service:Amazon S3.", filter=token)
    return Filter(Dimension(name), None if value == NO_VALUE else value)


def collect_values(filters: Iterable[Filter]) -> Mapping[Dimension, Sequence[str | None]]:
    """Values per dimension: any of them may match; of different dimensions all must."""
    values: dict[Dimension, list[str | None]] = {}
    for one in filters:
        values.setdefault(one.dimension, []).append(one.value)
    return values


@dataclass(frozen=True, slots=True)
class Group:
    """One row of the explorer. before: the same group in the days just before."""

    value: str | None
    amount: Decimal
    before: Decimal

    @property
    def label(self) -> str:
        return NO_VALUE if self.value is None or self.value == "" else self.value


def describe_days(
    days: Sequence[str],
    top: Sequence[Group],
    by_day: Mapping[tuple[str, str | None], Decimal],
    totals: Mapping[str, Decimal],
    *,
    currency: str,
) -> ChartBody:
    """Stacked days: the largest groups, and the rest of each day, so that every bar is the day's total exactly."""
    series = [Series(group.label, _points(days, by_day, group.value)) for group in top]
    rest: list[Point] = []
    for day in days:
        left = totals[day]
        for group in top:
            left = EXACT.subtract(left, by_day.get((day, group.value), Decimal(0)))
        rest.append((day, left))
    if any(amount for _, amount in rest):
        series.append(Series("everything else", rest, style="rest"))
    return describe_chart(
        ChartKind.STACKED,
        x=AxisBody(name="", kind="category"),
        y=AxisBody(name="", kind="number", currency=currency),
        series=series,
        empty="No charges in these days.",
    )


def _points(days: Sequence[str], by_day: Mapping[tuple[str, str | None], Decimal], value: str | None) -> list[Point]:
    return [(day, by_day.get((day, value), Decimal(0))) for day in days]
