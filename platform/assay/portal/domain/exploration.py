"""What the explorer's URL asks for, and how its groups are drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assay.core.errors import Invalid
from assay.core.money import EXACT
from assay.costs.domain.dimensions import Dimension
from assay.portal.domain.charts import AxisBody, ChartBody, ChartKind, Series, describe_chart

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

WIDE = frozenset({Dimension.RESOURCE, Dimension.SKU, Dimension.COMMITMENT})
"""Dimensions with so many values that not every one is asked for by day."""

TIMES = frozenset({Dimension.DAY, Dimension.MONTH, Dimension.BILLING_PERIOD})
"""Groups that do not come again in the days before."""

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
    """One row of the explorer. name: for people, where the value is an id. before: the same group in the days just before."""

    value: str | None
    amount: Decimal
    before: Decimal
    name: str = ""

    @property
    def label(self) -> str:
        if not self.value:
            return NO_VALUE
        return f"{self.name} ({self.value})" if self.name and self.name != self.value else self.value


def merge_groups(
    amounts: Mapping[str | None, Decimal], before: Mapping[str | None, Decimal], names: Mapping[str | None, str]
) -> tuple[Group, ...]:
    """Every group of now or before, the largest first: what is gone stays visible with nothing."""
    nothing = Decimal(0)
    groups = (
        Group(value, amounts.get(value, nothing), before.get(value, nothing), names.get(value) or "")
        for value in dict.fromkeys([*amounts, *before])
    )
    return tuple(sorted(groups, key=lambda group: (-group.amount, -group.before, group.label)))


def describe_days(
    top: Sequence[Group],
    parts: Mapping[tuple[str, str | None], Decimal],
    totals: Mapping[str, Decimal],
    *,
    currency: str,
) -> ChartBody:
    """Stacked days: the largest groups, and the rest of each day, so that every bar is the day's total exactly.

    parts: (day, value) → amount. totals: day → amount of all groups.
    """
    days = sorted(totals)
    series = [Series(group.label, [(day, parts.get((day, group.value), Decimal(0))) for day in days]) for group in top]
    rest = [(day, _rest(day, top, parts, totals[day])) for day in days]
    if any(amount for _, amount in rest):
        series.append(Series("everything else" if top else "all", rest, style="rest" if top else ""))
    return describe_chart(
        ChartKind.STACKED,
        x=AxisBody(name="", kind="category"),
        y=AxisBody(name="", kind="number", currency=currency),
        series=series,
        empty="No charges in these days.",
    )


def _rest(day: str, top: Sequence[Group], parts: Mapping[tuple[str, str | None], Decimal], total: Decimal) -> Decimal:
    left = total
    for group in top:
        left = EXACT.subtract(left, parts.get((day, group.value), Decimal(0)))
    return left
