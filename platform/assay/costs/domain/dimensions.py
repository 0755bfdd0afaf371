"""What costs can be grouped and filtered by."""

from enum import StrEnum


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
