"""What the explorer's URL asks for, and how its groups are drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from assay.core.errors import Invalid
from assay.costs.domain.dimensions import Dimension, Extra, Group, Tag, find_group, name_group
from assay.costs.domain.filters import Condition, OneOf, both
from assay.costs.domain.questions import CostAnswer, Granularity
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

DRAWN = 9
"""Groups with a colour of their own; all others are one."""

TOPS = (50, 200, 1_000)
"""How many groups the table names; all others are one row."""

NO_VALUE = "(none)"


@dataclass(frozen=True, slots=True)
class Filter:
    """Only charges that have this value; None: only those without one."""

    group: Group
    value: str | None

    @property
    def token(self) -> str:
        return f"{_quote(name_group(self.group))}:{NO_VALUE if self.value is None else self.value}"

    @property
    def label(self) -> str:
        return f"{label_of(self.group)}: {NO_VALUE if self.value is None else self.value}"


def label_of(group: Group) -> str:
    """A heading."""
    if isinstance(group, Dimension):
        return LABELS[group]
    if isinstance(group, Tag):
        return f"Tag {group.key}"
    return f"x_{group.name}" if isinstance(group, Extra) else group.name.replace("_", " ").capitalize()


def read_filters(tokens: Iterable[str]) -> tuple[Filter, ...]:
    """`service:Amazon S3`, `tags.team:vision`, once or more often. raises: Invalid."""
    return tuple(dict.fromkeys(_read_filter(token) for token in tokens))


def _quote(name: str) -> str:
    return name.replace("%", "%25").replace(":", "%3A")


def _read_filter(token: str) -> Filter:
    name, separator, value = token.partition(":")
    group = find_group(name.replace("%3A", ":").replace("%25", "%")) if separator else None
    if group is None:
        raise Invalid(f"{token!r} is no filter: write for example service:Amazon S3.", filter=token)
    return Filter(group, None if value == NO_VALUE else value)


def combine(filters: Iterable[Filter]) -> Condition | None:
    """Values of one dimension: any of them may match; of different dimensions all must."""
    values: dict[Group, list[str | None]] = {}
    for one in filters:
        values.setdefault(one.group, []).append(one.value)
    return both(*(OneOf(group, tuple(chosen)) for group, chosen in values.items()))


def name_value(value: str | None, label: str = "") -> str:
    """A value as people read it, with its name where it is an id."""
    if not value:
        return NO_VALUE
    return f"{label} ({value})" if label and label != value else value


def label_step(step: str, granularity: Granularity, zone: ZoneInfo) -> str:
    """A step on an axis: hours by the clock of the organization."""
    if granularity is not Granularity.HOUR:
        return step
    return f"{datetime.fromisoformat(step).astimezone(zone):%-d %b %H:%M %Z}"


@dataclass(frozen=True, slots=True)
class Axis:
    """labels: one per step. open_from: place of the first step that may still grow; None when none does."""

    labels: tuple[str, ...]
    open_from: int | None


def describe_steps(answer: CostAnswer, drawn: Sequence[tuple[str, str]], *, axis: Axis, rest_href: str) -> ChartBody:
    """Stacked steps: the groups that are drawn, and the rest, so that every bar is its step's total exactly.

    drawn: name and address of the first rows; a step's name is added to an address.
    """
    series = [
        Series(name, list(zip(axis.labels, row.series, strict=True)), href=href)
        for row, (name, href) in zip(answer.rows, drawn, strict=False)
        if any(row.series)
    ]
    rest = list(zip(axis.labels, answer.undrawn, strict=True))
    if any(amount for _, amount in rest):
        kind = ("everything else", "rest") if series else ("all", "")
        series.append(Series(kind[0], rest, style=kind[1], href=rest_href))
    opens = AxisBody() if axis.open_from is None else AxisBody(open_from=axis.open_from)
    return describe_chart(
        ChartKind.STACKED,
        x=AxisBody(name="", kind="category", keys=list(answer.steps)) | opens,
        y=AxisBody(name="", kind="number", currency=answer.currency),
        series=series,
        empty="No charges in these days.",
    )
