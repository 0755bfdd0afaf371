"""Line items of AWS's Cost and Usage Reports as charges of FOCUS: columns and SQL that both generations of the report share."""

from collections.abc import Collection, Mapping

from assay.costs.domain import amortization
from assay.costs.domain.amortization import COVERED, KNOWN_TYPES, PLAN, RESERVATION, TYPE, net
from assay.costs.domain.aws_names import INSTANCE_USAGE, pad_account
from assay.costs.domain.aws_services import category_of, subcategory_of
from assay.costs.domain.columns import Column, Kind, Presence, Rule, not_before
from assay.costs.domain.formats import Conversion

_AMORTISED = [
    "reservation_effective_cost",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
    "reservation_unused_recurring_fee",
    "reservation_amortized_upfront_fee_for_billing_period",
    "savings_plan_savings_plan_effective_cost",
    "savings_plan_amortized_upfront_commitment_for_billing_period",
    "savings_plan_recurring_commitment_for_billing_period",
]
_DECIMALS = [
    "line_item_usage_amount",
    "pricing_public_on_demand_cost",
    "pricing_public_on_demand_rate",
    "savings_plan_total_commitment_to_date",
    "savings_plan_used_commitment",
]
_TEXTS = [
    "bill_bill_type",
    "bill_billing_entity",
    "bill_invoice_id",
    "bill_invoicing_entity",
    "bill_payer_account_name",
    "line_item_availability_zone",
    "line_item_legal_entity",
    "line_item_line_item_description",
    "line_item_operation",
    "line_item_product_code",
    "line_item_resource_id",
    "line_item_tax_type",
    "line_item_usage_account_name",
    "line_item_usage_type",
    "pricing_rate_code",
    "pricing_term",
    "pricing_unit",
    "product_instance_type",
    "product_location",
    "product_product_family",
    "product_product_name",
    "product_sku",
    "reservation_reservation_arn",
    "savings_plan_savings_plan_arn",
]
_UNUSED = ("identity_line_item_id", "identity_time_interval")
"""Not kept: a line item's id is another in each version of a report, and the interval is the usage's times once more."""

KEPT = (TYPE, "line_item_usage_type", "line_item_operation", "line_item_product_code", "bill_bill_type", "bill_billing_entity",
        "pricing_term", "line_item_tax_type", "savings_plan_total_commitment_to_date", "savings_plan_used_commitment",
        "product")  # fmt: skip


def _needs(kind: str, column: str, cure: str) -> Rule:
    return Rule(f"{{{TYPE}}} = '{kind}' AND {{{column}}} IS NULL", f"has no {column}: {cure}")


_WITH_RESERVATIONS = "export the report with its reservation columns"
_WITH_PLANS = "export the report with its Savings Plans columns"

INPUTS: tuple[Column, ...] = (
    Column(
        TYPE,
        presence=Presence.REQUIRED,
        filled=True,
        rules=(
            _needs("DiscountedUsage", "reservation_effective_cost", _WITH_RESERVATIONS),
            _needs("SavingsPlanCoveredUsage", "savings_plan_savings_plan_effective_cost", _WITH_PLANS),
            _needs("SavingsPlanRecurringFee", "savings_plan_total_commitment_to_date", _WITH_PLANS),
            _needs("SavingsPlanRecurringFee", "savings_plan_used_commitment", _WITH_PLANS),
        ),
    ),
    Column("line_item_unblended_cost", Kind.DECIMAL, Presence.REQUIRED, filled=True),
    Column(net("line_item_unblended_cost"), Kind.DECIMAL),
    Column("line_item_currency_code", Kind.CURRENCY, Presence.REQUIRED, filled=True),
    Column("bill_payer_account_id", Kind.ACCOUNT, Presence.REQUIRED),
    Column("line_item_usage_account_id", Kind.ACCOUNT, Presence.REQUIRED),
    Column("bill_billing_period_start_date", Kind.TIME, Presence.REQUIRED, filled=True),
    Column(
        "bill_billing_period_end_date",
        Kind.TIME,
        Presence.REQUIRED,
        filled=True,
        rules=(not_before("bill_billing_period_start_date", "bill_billing_period_end_date"),),
    ),
    Column("line_item_usage_start_date", Kind.TIME, Presence.REQUIRED, filled=True),
    Column(
        "line_item_usage_end_date",
        Kind.TIME,
        Presence.REQUIRED,
        filled=True,
        rules=(not_before("line_item_usage_start_date", "line_item_usage_end_date"),),
    ),
    *(Column(name, Kind.DECIMAL) for amortised in _AMORTISED for name in (amortised, net(amortised))),
    *(Column(name, Kind.DECIMAL) for name in _DECIMALS),
    *(Column(name) for name in (*_TEXTS, *_UNUSED)),
    Column("product_region_code", aliases=("product_region",)),
)

USAGE = f"{TYPE} IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')"
COMMITMENT = f"coalesce({PLAN}, {RESERVATION})"
WITH_COMMITMENT = f"({TYPE} IN ('DiscountedUsage', 'SavingsPlanCoveredUsage') OR {amortization.COMMITMENT_FEE})"
STATUS = f"CASE WHEN part = 1 THEN 'Unused' WHEN {TYPE} IN ('DiscountedUsage', 'SavingsPlanCoveredUsage') THEN 'Used' END"
CORRECTED = f"{TYPE} = 'Refund' AND line_item_usage_start_date < bill_billing_period_start_date"
CATEGORY = (
    f"CASE WHEN part = 1 OR {USAGE} THEN 'Usage' WHEN {TYPE} IN ('Tax', 'Credit') THEN {TYPE}"
    f" WHEN {amortization.COMMITMENT_FEE} OR {TYPE} IN ('Fee', 'FlatRateSubscription') THEN 'Purchase'"
    f" WHEN {TYPE} = 'Refund' AND line_item_tax_type IS NOT NULL THEN 'Tax'"
    f" WHEN {TYPE} = 'Refund' AND {COMMITMENT} IS NOT NULL THEN 'Purchase'"
    f" WHEN {TYPE} = 'Refund' AND line_item_usage_type IS NOT NULL AND line_item_operation IS NOT NULL THEN 'Usage'"
    " ELSE 'Adjustment' END"
)
FREQUENCY = (
    f"CASE WHEN part = 1 OR {USAGE} THEN 'Usage-Based'"
    f" WHEN {TYPE} IN ('RIFee', 'SavingsPlanRecurringFee', 'FlatRateSubscription') THEN 'Recurring' ELSE 'One-Time' END"
)
PRICING = (
    f"CASE WHEN part = 1 OR {TYPE} IN ({', '.join(map(repr, COVERED))}) THEN 'Committed'"
    f" WHEN {TYPE} = 'Usage' AND (pricing_term = 'Spot' OR contains(line_item_usage_type, 'SpotUsage')) THEN 'Dynamic'"
    f" WHEN {TYPE} IN ('Usage', 'Fee', 'FlatRateSubscription') OR {amortization.COMMITMENT_FEE} THEN 'Standard' END"
)
COMMITMENT_TYPE = f"CASE WHEN {PLAN} IS NOT NULL THEN 'Savings Plan' ELSE 'Reserved Instance' END"
FROM_MARKETPLACE = "bill_billing_entity = 'AWS Marketplace'"
SELLER = "coalesce(line_item_legal_entity, 'AWS')"
MACHINE = "machine"
_MACHINE = f"coalesce(product_instance_type, nullif(regexp_extract(line_item_usage_type, '{INSTANCE_USAGE}', 1), ''))"


def convert_line_items(present: Collection[str], *, tags: str, replaced: Mapping[str, str]) -> Conversion:
    """present: names of the files' columns. tags: SQL of a JSON object or NULL. replaced: other SQL of ledger columns."""
    costs = amortization.costs()
    own_use = f"part = 0 AND {USAGE}"
    with_commitment = f"CASE WHEN part = 1 OR {WITH_COMMITMENT}"
    columns: dict[str, str] = {
        **{basis.column: sql for basis, sql in costs.items()},
        "billing_currency": "line_item_currency_code",
        "billing_period_start": "bill_billing_period_start_date",
        "billing_period_end": "bill_billing_period_end_date",
        "charge_period_start": "line_item_usage_start_date",
        "charge_period_end": "line_item_usage_end_date",
        "charge_category": CATEGORY,
        "charge_class": f"CASE WHEN {CORRECTED} THEN 'Correction' END",
        "charge_frequency": FREQUENCY,
        "charge_description": (
            "CASE WHEN part = 1 THEN 'Unused commitment'"
            " || coalesce(': ' || line_item_line_item_description, '') ELSE line_item_line_item_description END"
        ),
        "billing_account_id": pad_account("bill_payer_account_id"),
        "billing_account_name": "bill_payer_account_name",
        "sub_account_id": pad_account("line_item_usage_account_id"),
        "sub_account_name": "line_item_usage_account_name",
        "invoice_id": "bill_invoice_id",
        "invoice_issuer_name": f"coalesce(bill_invoicing_entity, {SELLER})",
        "service_provider_name": f"CASE WHEN {FROM_MARKETPLACE} THEN {SELLER} ELSE 'AWS' END",
        "provider_name": "'AWS'",
        "publisher_name": SELLER,
        "host_provider_name": "'AWS'",
        "service_name": "coalesce(product_product_name, line_item_product_code, 'AWS')",
        "service_category": category_of("line_item_product_code"),
        "service_subcategory": subcategory_of("line_item_product_code"),
        "region_id": "product_region_code",
        "region_name": "product_location",
        "availability_zone": "line_item_availability_zone",
        "resource_id": f"CASE WHEN part = 1 THEN {COMMITMENT} ELSE line_item_resource_id END",
        "resource_type": f"CASE WHEN part = 1 THEN {COMMITMENT_TYPE} ELSE product_product_family END",
        "sku_id": f"CASE WHEN {TYPE} <> 'Tax' THEN product_sku END",
        "sku_meter": f"CASE WHEN {own_use} THEN line_item_usage_type END",
        "sku_price_id": f"CASE WHEN {TYPE} <> 'Tax' THEN pricing_rate_code END",
        "sku_price_details": (
            f"""CASE WHEN {own_use} AND {MACHINE} IS NOT NULL THEN '{{"InstanceType":' || to_json({MACHINE}) || '}}' END"""
        ),
        "consumed_quantity": f"CASE WHEN {own_use} THEN line_item_usage_amount END",
        "consumed_unit": f"CASE WHEN {own_use} THEN pricing_unit END",
        "pricing_quantity": f"CASE WHEN {own_use} THEN line_item_usage_amount END",
        "pricing_unit": f"CASE WHEN {own_use} THEN pricing_unit END",
        "list_unit_price": _rate_of(own_use, f"coalesce({amortization.LIST_COST}, {amortization.OWN_COST})"),
        "pricing_category": PRICING,
        "pricing_currency": "line_item_currency_code",
        "commitment_discount_id": f"{with_commitment} THEN {COMMITMENT} END",
        "commitment_discount_category": f"{with_commitment} THEN CASE WHEN {PLAN} IS NOT NULL THEN 'Spend' ELSE 'Usage' END END",
        "commitment_discount_type": f"{with_commitment} THEN {COMMITMENT_TYPE} END",
        "commitment_discount_status": STATUS,
        "tags": tags,
        "instance_type": f"CASE WHEN {own_use} THEN {MACHINE} END",
    }
    return Conversion(
        columns={**columns, **replaced},
        named={**amortization.named(present), MACHINE: _MACHINE},
        kept=KEPT,
        parts=amortization.PARTS,
        keep=amortization.KEEP,
        left_out=amortization.LEFT_OUT,
        unknown=f"CASE WHEN {TYPE} NOT IN ({', '.join(map(repr, KNOWN_TYPES))}) THEN {TYPE} END",
        remainder=amortization.rounding_of_covered_usage(),
        equalities=amortization.equalities(present),
    )


def _rate_of(condition: str, cost: str) -> str:
    """The public rate, where it gives the list cost: rates of tiered prices are those of one tier. A check, in floating point."""
    product = "CAST(pricing_public_on_demand_rate AS DOUBLE) * CAST(line_item_usage_amount AS DOUBLE)"
    listed = f"CAST({cost} AS DOUBLE)"
    gives = f"abs({product} - {listed}) <= 1e-9 * greatest(1, abs({listed}))"
    return f"CASE WHEN {condition} AND {gives} AND pricing_public_on_demand_rate >= 0 THEN pricing_public_on_demand_rate END"
