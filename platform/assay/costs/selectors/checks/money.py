"""FOCUS's rules about the money of single charges."""

import ibis
from ibis.expr.types import BooleanValue, Table

from assay.costs.domain.basis import Basis
from assay.costs.domain.checks import Check
from assay.costs.selectors.checks.rules import (
    RowRule,
    Test,
    all_of,
    differs,
    every,
    exceeds,
    given,
    missing,
    none_of,
    one_of,
    some_of,
    usual,
)

COSTS = tuple(basis.column for basis in Basis)
COMMITMENT = ("commitment_discount_id", "commitment_discount_status")


def category(*names: str) -> Test:
    return one_of("charge_category", *names)


def _unlike(left: str, right: str) -> Test:
    return lambda charges: differs(charges[left], charges[right])


def _not_zero(cost: str) -> Test:
    return lambda charges: charges[cost] != 0


def _positive(cost: str) -> Test:
    return lambda charges: charges[cost] > 0


def _is_correction(charges: Table) -> BooleanValue:
    correction: BooleanValue = charges.charge_class.fill_null("") == "Correction"
    return correction


def _product(cost: str, price: str, title: str) -> RowRule:
    # Of plausibility, in floating point: exact products do not fit 38 digits.
    return RowRule(
        Check(cost.replace("_", "-"), title, "1"),
        lambda charges: given(price)(charges) & given("pricing_quantity")(charges) & ~_is_correction(charges),
        lambda charges: differs(
            charges[cost].fill_null(0), charges[price].cast("float64") * charges.pricing_quantity.cast("float64")
        ),
        (cost, price, "pricing_quantity"),
    )


def _in_pricing_currency(price: str, own: str, title: str) -> RowRule:
    return RowRule(
        Check(price.replace("_", "-"), f"{title} is the same in the pricing currency, where that is the billing currency", "1"),
        lambda charges: (charges.pricing_currency == charges.billing_currency) & given(price)(charges) & given(own)(charges),
        _unlike(price, own),
        (price, own, "pricing_currency"),
    )


def _several_figures(charges: Table) -> BooleanValue:
    first, *others = (charges[cost] for cost in COSTS)
    different: BooleanValue = ibis.or_(*(differs(first, other) for other in others))
    return different


def _of_both_signs(charges: Table) -> BooleanValue:
    costs = [charges[cost].fill_null(0) for cost in COSTS]
    mixed: BooleanValue = (ibis.greatest(*costs) > 0) & (ibis.least(*costs) < 0)
    return mixed


def _exceeds(left: str, right: str) -> Test:
    return lambda charges: exceeds(charges[left], charges[right])


PRODUCTS = (
    _product("list_cost", "list_unit_price", "ListCost = ListUnitPrice × PricingQuantity"),
    _product("contracted_cost", "contracted_unit_price", "ContractedCost = ContractedUnitPrice × PricingQuantity"),
)
COVERING = (
    RowRule(
        Check("covering-purchases", "EffectiveCost = 0 for purchases that cover other charges", "3"),
        all_of(category("Purchase"), given("commitment_discount_id")),
        _not_zero("effective_cost"),
        ("effective_cost", "billed_cost", "commitment_discount_id"),
    ),
    RowRule(
        Check("covered-usage", "BilledCost = 0 for usage covered by a commitment", "3"),
        all_of(category("Usage"), given("commitment_discount_status")),
        _not_zero("billed_cost"),
        ("billed_cost", "effective_cost", *COMMITMENT),
    ),
)
GIVEN = (
    RowRule(Check("given-list-cost", "ListCost is given"), every, missing("list_cost"), ("list_cost",)),
    RowRule(Check("given-contracted-cost", "ContractedCost is given"), every, missing("contracted_cost"), ("contracted_cost",)),
)
AT_IMPORT = (*PRODUCTS, *COVERING, *GIVEN)
"""Few enough to be looked at while a bill is imported."""

_PRICING_CURRENCY = (
    _in_pricing_currency("pricing_currency_list_unit_price", "list_unit_price", "The list unit price"),
    _in_pricing_currency("pricing_currency_contracted_unit_price", "contracted_unit_price", "The contracted unit price"),
    _in_pricing_currency("pricing_currency_effective_cost", "effective_cost", "The effective cost"),
)
_CREDITS = (
    RowRule(
        Check("credits", "The four costs of a credit are one figure", "2"),
        all_of(category("Credit"), missing("list_unit_price", "contracted_unit_price")),
        _several_figures,
        COSTS,
    ),
    RowRule(usual("credits-reduce", "Credits are not positive", "2"), category("Credit"), _positive("billed_cost"), COSTS),
)
_UNUSED = (
    RowRule(
        Check("unused-rows", "What is unused of a commitment is usage with the commitment as its resource", "7"),
        one_of("commitment_discount_status", "Unused"),
        some_of(
            lambda charges: charges.resource_id.fill_null("") != charges.commitment_discount_id.fill_null("-"),
            none_of("charge_category", "Usage"),
        ),
        ("resource_id", *COMMITMENT, "charge_category"),
    ),
    RowRule(
        usual("used-rows", "What is used of a commitment has another resource than the commitment", "7"),
        one_of("commitment_discount_status", "Used"),
        lambda charges: charges.resource_id == charges.commitment_discount_id,
        ("resource_id", *COMMITMENT),
    ),
    RowRule(
        Check("unused-quantities", "What is unused of a commitment was not consumed", "7"),
        one_of("commitment_discount_status", "Unused"),
        given("consumed_quantity", "consumed_unit"),
        ("consumed_quantity", "consumed_unit"),
    ),
)
MONEY = (
    *AT_IMPORT,
    *_PRICING_CURRENCY,
    *_CREDITS,
    RowRule(
        Check("commitment-status", "Usage of a commitment is Used or Unused", "4"),
        all_of(category("Usage"), given("commitment_discount_id")),
        missing("commitment_discount_status"),
        COMMITMENT,
    ),
    RowRule(
        Check("uncovered-charges", "EffectiveCost = BilledCost for what neither covers nor is covered", "5"),
        all_of(
            missing(*COMMITMENT),
            category("Usage", "Tax", "Credit", "Adjustment"),
            some_of(category("Tax", "Credit"), _not_zero("billed_cost")),
        ),
        _unlike("effective_cost", "billed_cost"),
        ("effective_cost", "billed_cost"),
    ),
    *_UNUSED,
    RowRule(
        usual("prepaid-purchases", "Purchases without an effective cost name the commitment that they buy", "8"),
        all_of(category("Purchase"), _positive("billed_cost"), lambda charges: charges.effective_cost == 0),
        missing("commitment_discount_id"),
        ("billed_cost", "commitment_discount_id"),
    ),
    RowRule(
        usual("cost-order", "EffectiveCost ≤ ContractedCost ≤ ListCost for covered usage", "9"),
        one_of("commitment_discount_status", "Used"),
        some_of(_exceeds("effective_cost", "contracted_cost"), _exceeds("contracted_cost", "list_cost")),
        ("effective_cost", "contracted_cost", "list_cost"),
    ),
    RowRule(usual("cost-signs", "The four costs of a charge have one sign"), every, _of_both_signs, COSTS),
)
