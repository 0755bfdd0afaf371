"""FOCUS's rules about the form of single charges, most of which its own model tells."""

from collections.abc import Iterator

import ibis
from ibis.expr.types import BooleanValue, Table

from assay.costs.domain.checks import Check
from assay.costs.domain.columns import FOCUS_COLUMNS, Kind
from assay.costs.domain.focus_model import Level, focus_columns, subcategory_parents
from assay.costs.selectors.checks.rules import (
    RowRule,
    Test,
    all_of,
    differs,
    every,
    given,
    missing,
    none_of,
    one_of,
    some_of,
    usual,
)

LEDGER_NAMES = {column.name: column.ledger_name for column in FOCUS_COLUMNS}
OLDER_NAMES = {"ServiceProviderName": ("ProviderName",)}
CHECKED_BEFORE = {"ListCost", "ContractedCost", "BilledCost", "EffectiveCost", "ChargeCategory", "BillingCurrency",
                  "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"}  # fmt: skip
"""Two are among the rules of money; an import refuses a row without the others."""
OWNED = {
    "SubAccountId": ("SubAccountName", "SubAccountType"),
    "CommitmentDiscountId": ("CommitmentDiscountName", "CommitmentDiscountCategory", "CommitmentDiscountType",
                             "CommitmentDiscountStatus", "CommitmentDiscountQuantity", "CommitmentDiscountUnit"),
    "CapacityReservationId": ("CapacityReservationStatus",),
    "ResourceId": ("ResourceName",),
}  # fmt: skip
"""Column → those that say nothing without it."""
PAIRS = (("PricingQuantity", "PricingUnit"), ("ConsumedQuantity", "ConsumedUnit"),
         ("CommitmentDiscountQuantity", "CommitmentDiscountUnit"))  # fmt: skip
UNTAXED = ("PricingCategory", "PricingQuantity", "SkuId", "SkuPriceId", "ListUnitPrice", "ContractedUnitPrice")
BOUGHT = ("CommitmentDiscountCategory", "CommitmentDiscountType")
CURRENCY = "^[A-Z]{3}$"


def _slug(prefix: str, name: str) -> str:
    return f"{prefix}-{LEDGER_NAMES[name].replace('_', '-')}"


def _given() -> Iterator[RowRule]:
    for name, told in focus_columns().items():
        if told.level is Level.MANDATORY and not told.nullable and not told.until and name not in CHECKED_BEFORE:
            columns = tuple(LEDGER_NAMES[one] for one in (name, *OLDER_NAMES.get(name, ())))
            yield RowRule(Check(_slug("given", name), f"{name} is given"), every, _is_empty(columns), columns)


def _is_empty(columns: tuple[str, ...]) -> Test:
    return lambda charges: ibis.coalesce(*(charges[column] for column in columns), "") == ""


def _allowed() -> Iterator[RowRule]:
    for name, told in focus_columns().items():
        if told.allowed:
            column = LEDGER_NAMES[name]
            check = Check(_slug("allowed", name), f"{name} is one of FOCUS's values")
            yield RowRule(check, given(column), none_of(column, *told.allowed), (column,))


def _not_negative() -> Iterator[RowRule]:
    for name, told in focus_columns().items():
        if "non-negative" in told.format:
            column = LEDGER_NAMES[name]
            yield RowRule(
                Check(_slug("not-negative", name), f"{name} is not negative"), given(column), _is_negative(column), (column,)
            )


def _is_negative(column: str) -> Test:
    return lambda charges: charges[column] < 0


def _objects() -> Iterator[RowRule]:
    for column in FOCUS_COLUMNS:
        if column.kind in (Kind.JSON, Kind.TAGS):
            check = Check(_slug("object", column.name), f"{column.name} is a JSON object")
            yield RowRule(check, given(column.ledger_name), _is_no_object(column.ledger_name), (column.ledger_name,))


def _is_no_object(column: str) -> Test:
    """Of its borders: the import has parsed tags, and an engine's own parser would differ from another's."""
    return lambda charges: ~(charges[column].strip().startswith("{") & charges[column].strip().endswith("}"))


def _owned() -> Iterator[RowRule]:
    for owner, names in OWNED.items():
        key = LEDGER_NAMES[owner]
        for name in names:
            column = LEDGER_NAMES[name]
            check = Check(_slug("owned", name), f"{name} is given only with {owner}")
            yield RowRule(check, given(column), missing(key), (column, key))


def _pairs() -> Iterator[RowRule]:
    for quantity, unit in PAIRS:
        one, other = LEDGER_NAMES[quantity], LEDGER_NAMES[unit]
        broken = some_of(all_of(given(one), missing(other)), all_of(given(other), missing(one)))
        yield RowRule(
            Check(_slug("pair", quantity), f"{quantity} and {unit} are given together"), given(one, other), broken, (one, other)
        )


def _untaxed() -> Iterator[RowRule]:
    for name in UNTAXED:
        column = LEDGER_NAMES[name]
        check = usual(_slug("untaxed", name), f"A tax has no {name}")
        yield RowRule(check, one_of("charge_category", "Tax"), given(column), (column,))


def _bought() -> Iterator[RowRule]:
    concerned = all_of(one_of("charge_category", "Usage", "Purchase"), given("commitment_discount_id"))
    for name in BOUGHT:
        column = LEDGER_NAMES[name]
        check = Check(_slug("bought", name), f"What belongs to a commitment has a {name}")
        yield RowRule(check, concerned, missing(column), (column, "commitment_discount_id"))


def _has_other_parent(charges: Table) -> BooleanValue:
    parents = subcategory_parents()
    branches = [(charges.service_subcategory == name, ibis.literal(parent)) for name, parent in parents.items()]
    other: BooleanValue = ibis.cases(*branches) != charges.service_category
    return other


def _is_no_currency(charges: Table) -> BooleanValue:
    unknown: BooleanValue = ~charges.billing_currency.re_search(CURRENCY)
    return unknown


def _begins_late(charges: Table) -> BooleanValue:
    late: BooleanValue = charges.charge_period_start >= charges.billing_period_end
    return late


SINGLE = (
    RowRule(
        Check("service-subcategory", "ServiceSubcategory belongs to its ServiceCategory"),
        given("service_subcategory"),
        _has_other_parent,
        ("service_subcategory", "service_category"),
    ),
    RowRule(
        Check("billing-currency", "BillingCurrency is a code of three letters"), every, _is_no_currency, ("billing_currency",)
    ),
    RowRule(
        Check("billing-period", "The billing period ends after it begins"),
        every,
        lambda charges: charges.billing_period_end <= charges.billing_period_start,
        ("billing_period_start", "billing_period_end"),
    ),
    RowRule(
        usual("late-start", "Charges begin before their billing period ends"),
        every,
        _begins_late,
        ("charge_period_start", "billing_period_end"),
    ),
    RowRule(
        usual("corrections", "Corrections are of an earlier billing period"),
        one_of("charge_class", "Correction"),
        lambda charges: charges.charge_period_start >= charges.billing_period_start,
        ("charge_class", "charge_period_start", "billing_period_start"),
    ),
    RowRule(
        Check("consumed-usage", "Only usage is consumed"),
        given("consumed_quantity"),
        none_of("charge_category", "Usage"),
        ("consumed_quantity", "charge_category"),
    ),
    RowRule(
        Check("committed-pricing", "Usage of a commitment is priced as Committed"),
        all_of(one_of("charge_category", "Usage"), given("commitment_discount_status"), given("pricing_category")),
        none_of("pricing_category", "Committed"),
        ("pricing_category", "commitment_discount_status"),
    ),
    RowRule(
        Check("committed-usage", "What is priced as Committed names its commitment"),
        one_of("pricing_category", "Committed"),
        missing("commitment_discount_id"),
        ("pricing_category", "commitment_discount_id"),
    ),
    RowRule(
        usual("quantities", "ConsumedQuantity = PricingQuantity where both have one unit"),
        all_of(
            given("consumed_quantity"), given("pricing_quantity"), lambda charges: charges.consumed_unit == charges.pricing_unit
        ),
        lambda charges: differs(charges.consumed_quantity, charges.pricing_quantity),
        ("consumed_quantity", "pricing_quantity", "consumed_unit"),
    ),
)
FORMS = (*_given(), *_allowed(), *_not_negative(), *SINGLE, *_owned(), *_bought(), *_pairs(), *_objects(), *_untaxed())
