"""What costs can be grouped and filtered by."""

import re
from dataclasses import dataclass
from enum import StrEnum

from assay.core.errors import Invalid
from assay.costs.domain.columns import FOCUS_COLUMNS, Kind


class Dimension(StrEnum):
    SERVICE = "service"
    SERVICE_CATEGORY = "service_category"
    SERVICE_SUBCATEGORY = "service_subcategory"
    PROVIDER = "provider"
    ACCOUNT = "account"
    BILLING_ACCOUNT = "billing_account"
    REGION = "region"
    ZONE = "zone"
    RESOURCE = "resource"
    RESOURCE_TYPE = "resource_type"
    INSTANCE_TYPE = "instance_type"
    CHARGE_CATEGORY = "charge_category"
    PRICING_CATEGORY = "pricing_category"
    COMMITMENT = "commitment"
    SKU = "sku"
    SOURCE = "source"
    BILLING_PERIOD = "billing_period"
    DAY = "day"
    MONTH = "month"


COLUMNS: dict[Dimension, tuple[str, ...]] = {
    Dimension.SERVICE: ("service_name",),
    Dimension.SERVICE_CATEGORY: ("service_category",),
    Dimension.SERVICE_SUBCATEGORY: ("service_subcategory",),
    Dimension.PROVIDER: ("service_provider_name",),
    Dimension.ACCOUNT: ("sub_account_id", "billing_account_id"),
    Dimension.BILLING_ACCOUNT: ("billing_account_id",),
    Dimension.REGION: ("region_id", "region_name"),
    Dimension.ZONE: ("availability_zone",),
    Dimension.RESOURCE: ("resource_id",),
    Dimension.RESOURCE_TYPE: ("resource_type",),
    Dimension.INSTANCE_TYPE: ("instance_type",),
    Dimension.CHARGE_CATEGORY: ("charge_category",),
    Dimension.PRICING_CATEGORY: ("pricing_category",),
    Dimension.COMMITMENT: ("commitment_discount_id",),
    Dimension.SKU: ("sku_id",),
    Dimension.SOURCE: ("source_id",),
    Dimension.BILLING_PERIOD: ("billing_period",),
}
"""Ledger columns of a dimension: the first that has a value counts. Day and month come from charge_date."""

LABELS: dict[Dimension, tuple[str, ...]] = {
    Dimension.ACCOUNT: ("sub_account_name", "billing_account_name"),
    Dimension.BILLING_ACCOUNT: ("billing_account_name",),
    Dimension.REGION: ("region_name",),
    Dimension.RESOURCE: ("resource_name",),
    Dimension.COMMITMENT: ("commitment_discount_name",),
}
"""Columns with a name for people where the value itself is an id: one per column of COLUMNS, in its order."""

TIMES = frozenset({Dimension.DAY, Dimension.MONTH, Dimension.BILLING_PERIOD})
"""Whose values do not come again in the days before."""

KINDS: dict[str, Kind] = {column.ledger_name: column.kind for column in FOCUS_COLUMNS}
"""FOCUS column of the ledger, in snake_case → what it holds."""

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of the charges, by its key."""

    key: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A column of the bill that FOCUS does not know, by its name without `x_`."""

    name: str


@dataclass(frozen=True, slots=True)
class FocusColumn:
    """A column of the ledger, for what has no dimension."""

    name: str

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]


Group = Dimension | Tag | Extra | FocusColumn


def read_group(text: str) -> Group:
    """`service`, `tags.team`, `x.discount_total`, `sku_meter` or `SkuMeter`. raises: Invalid with what there is."""
    found = find_group(text.strip())
    if found is None or (isinstance(found, FocusColumn) and found.kind is not Kind.TEXT):
        known = ", ".join(Dimension)
        raise Invalid(
            f"Costs are not grouped by {text!r}: give one of {known}, tags.KEY, x.NAME, or a text column of FOCUS like sku_meter.",
            field="group_by",
        )
    return found


def find_group(text: str) -> Group | None:
    """As read_group, columns of every kind included; None for what there is not."""
    if text in set(Dimension):
        return Dimension(text)
    prefix, dot, name = text.partition(".")
    if dot and 0 < len(name) <= LONGEST_NAME and name.isprintable():
        if prefix == "tags":
            return Tag(name)
        return Extra(name) if prefix == "x" else None
    column = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower()
    return FocusColumn(column) if column in KINDS else None


def name_group(group: Group) -> str:
    """What read_group reads."""
    if isinstance(group, Dimension):
        return group.value
    if isinstance(group, Tag):
        return f"tags.{group.key}"
    return f"x.{group.name}" if isinstance(group, Extra) else group.name
