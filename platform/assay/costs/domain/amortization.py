"""What AWS's line items cost in each of FOCUS's four ways: SQL over the columns of a Cost and Usage Report.

AWS's own reference query is followed (docs/algorithms/amortisation.md). No rate is multiplied: costs come from columns of costs.
A line item may become two charges: part 0 is the line item; part 1, of the fees of a commitment, is what was paid and not used.
"""

from collections.abc import Collection
from decimal import Decimal

from assay.costs.domain.basis import Basis
from assay.costs.domain.formats import Equality, Remainder

TYPE = "line_item_line_item_type"
NET = "line_item_net_unblended_cost"
RESERVATION, PLAN = "reservation_reservation_arn", "savings_plan_savings_plan_arn"

DISCOUNTS = ("Discount", "BundledDiscount", "EdpDiscount", "PrivateRateDiscount", "RiVolumeDiscount", "SppDiscount")
COVERED = ("DiscountedUsage", "SavingsPlanCoveredUsage")
PURCHASES = ("Fee", "FlatRateSubscription", "RIFee", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee")
KNOWN_TYPES = (*DISCOUNTS, *COVERED, *PURCHASES, "Usage", "SavingsPlanNegation", "Tax", "Credit", "Refund")

SPLIT_COST = "coalesce(line_item_operation, '') IN ('EKSPod-EC2', 'ECSTask-EC2')"
"""Rows that share out an instance's cost, which the instance's own row has already."""

PLAN_REFUND = f"{TYPE} = 'Refund' AND line_item_line_item_description LIKE 'Refund for one-time fee for Savings Plan ID%'"
UPFRONT = f"({TYPE} = 'SavingsPlanUpfrontFee' OR ({TYPE} = 'Fee' AND {RESERVATION} IS NOT NULL) OR ({PLAN_REFUND}))"
"""What is paid at once for a commitment: spread over the use that it covers, so it has no effective cost of its own."""

COMMITMENT_FEE, OWN_COST = "is_commitment_fee", "own_cost"
"""Names of what is said of a row several times (named), and worked out once."""

LIST_COST = "pricing_public_on_demand_cost"
MONEY = "DECIMAL(33, 15)"
ZERO = f"CAST(0 AS {MONEY})"
ROUNDING = Decimal("1e-6")
"""AWS rounds amortised amounts of single rows; sums of a commitment may be off by this much of them."""


GROUPS = ("line_item_", "reservation_", "savings_plan_")


def net(name: str) -> str:
    """The column's twin after discounts: reservation_effective_cost → reservation_net_effective_cost."""
    group = next(group for group in GROUPS if name.startswith(group))
    return f"{group}net_{name.removeprefix(group)}"


def after_discounts(name: str) -> str:
    return f"coalesce({net(name)}, {name})"


def named(present: Collection[str]) -> dict[str, str]:
    """own_cost: what a line item itself adds to the invoice. Where a file has net columns its discounts are in them, not in rows of their own."""
    discount = f"coalesce({NET}, {ZERO})" if NET in present else "line_item_unblended_cost"
    other = after_discounts("line_item_unblended_cost")
    return {
        OWN_COST: f"CASE WHEN {TYPE} IN ({_quote(DISCOUNTS)}) THEN {discount} ELSE {other} END",
        COMMITMENT_FEE: f"{TYPE} IN ('RIFee', 'SavingsPlanRecurringFee') OR {UPFRONT}",
    }


UNUSED_PLAN_GROSS = "(savings_plan_total_commitment_to_date - savings_plan_used_commitment)"
PLAN_GROSS = (
    "(coalesce(savings_plan_amortized_upfront_commitment_for_billing_period, 0)"
    " + coalesce(savings_plan_recurring_commitment_for_billing_period, 0))"
)
PLAN_NET = (
    f"(coalesce({after_discounts('savings_plan_amortized_upfront_commitment_for_billing_period')}, 0)"
    f" + coalesce({after_discounts('savings_plan_recurring_commitment_for_billing_period')}, 0))"
)


def _scaled(amount: str) -> str:
    """amount · net / gross of a plan's fee, exactly where they are equal, else in whole billionths, rounded half away from zero."""
    billionths = {name: f"CAST({sql} * 1000000000 AS HUGEINT)" for name, sql in (("gross", PLAN_GROSS), ("net", PLAN_NET))}
    product = f"(CAST({amount} * 1000000000 AS HUGEINT) * {billionths['net']})"
    rounded = f"((abs({product}) * 2 + {billionths['gross']}) // ({billionths['gross']} * 2)) * sign({product})"
    return (
        f"CASE WHEN {PLAN_NET} = {PLAN_GROSS} OR {PLAN_GROSS} <= 0 THEN {amount}"
        f" ELSE CAST(CAST({rounded} AS DECIMAL(27, 0)) * CAST('1e-9' AS DECIMAL(10, 9)) AS {MONEY}) END"
    )


UNUSED_PLAN = _scaled(UNUSED_PLAN_GROSS)
UNUSED_RESERVATION = (
    f"(coalesce({after_discounts('reservation_unused_amortized_upfront_fee_for_billing_period')}, {ZERO})"
    f" + coalesce({after_discounts('reservation_unused_recurring_fee')}, {ZERO}))"
)
UNUSED = f"CASE {TYPE} WHEN 'RIFee' THEN {UNUSED_RESERVATION} WHEN 'SavingsPlanRecurringFee' THEN {UNUSED_PLAN} END"

KEEP = f"{TYPE} <> 'SavingsPlanNegation' AND NOT ({SPLIT_COST})"
LEFT_OUT = "negations, which cancel what covered usage lists, and shares of split cost, which their instances carry"
PARTS = f"CASE WHEN coalesce(({UNUSED}) <> 0, false) THEN [0, 1] ELSE [0] END"


def costs() -> dict[Basis, str]:
    """Per basis what a charge costs; columns see `part`. Sums of single amounts are wider than what the ledger holds."""
    own = OWN_COST
    listed = f"coalesce({LIST_COST}, {own})"
    found = {
        Basis.BILLED: f"CASE WHEN part = 1 THEN {ZERO} WHEN {TYPE} = 'SavingsPlanCoveredUsage' THEN {ZERO} ELSE {own} END",
        Basis.EFFECTIVE: (
            f"CASE WHEN part = 1 THEN {UNUSED} WHEN {COMMITMENT_FEE} THEN {ZERO}"
            f" WHEN {TYPE} = 'DiscountedUsage' THEN {after_discounts('reservation_effective_cost')}"
            f" WHEN {TYPE} = 'SavingsPlanCoveredUsage' THEN {after_discounts('savings_plan_savings_plan_effective_cost')}"
            f" ELSE {own} END"
        ),
        Basis.CONTRACTED: f"CASE WHEN part = 1 THEN {ZERO} WHEN {TYPE} = 'DiscountedUsage' THEN {listed} ELSE {own} END",
        Basis.LIST: (
            f"CASE WHEN part = 1 THEN {ZERO} WHEN {TYPE} IN ({_quote(DISCOUNTS)}) THEN {ZERO}"
            f" WHEN {TYPE} IN ('Usage', {_quote(COVERED)}) THEN {listed} ELSE {own} END"
        ),
    }
    return {basis: f"CAST({sql} AS {MONEY})" for basis, sql in found.items()}


def rounding_of_covered_usage() -> Remainder:
    """What negations leave of the usage that they cancel: AWS rounds them for groups of rows."""
    return Remainder(
        rows=f"{TYPE} IN ('SavingsPlanCoveredUsage', 'SavingsPlanNegation') AND NOT ({SPLIT_COST})",
        keys={
            "period_start": "CAST(epoch_us(bill_billing_period_start_date) AS VARCHAR)",
            "period_end": "CAST(epoch_us(bill_billing_period_end_date) AS VARCHAR)",
            "payer": "coalesce(bill_payer_account_id, '')",
            "plan": f"coalesce({PLAN}, '')",
            "currency": "line_item_currency_code",
        },
        amount=OWN_COST,
        columns={
            "billed_cost": "amount",
            **dict.fromkeys(("effective_cost", "contracted_cost", "list_cost"), ZERO),
            "billing_currency": "currency",
            "billing_account_id": "nullif(payer, '')",
            **dict.fromkeys(("billing_period_start", "charge_period_start"), "make_timestamptz(CAST(period_start AS BIGINT))"),
            **dict.fromkeys(("billing_period_end", "charge_period_end"), "make_timestamptz(CAST(period_end AS BIGINT))"),
            "charge_category": "'Adjustment'",
            "charge_frequency": "'One-Time'",
            "charge_description": "'Rounding of usage covered by ' || coalesce(nullif(plan, ''), 'a Savings Plan')",
            "commitment_discount_id": "nullif(plan, '')",
            "commitment_discount_category": "CASE WHEN plan <> '' THEN 'Spend' END",
            "commitment_discount_type": "CASE WHEN plan <> '' THEN 'Savings Plan' END",
            "service_category": "'Other'",
            "service_name": "'Savings Plans'",
            **dict.fromkeys(("service_provider_name", "provider_name", "publisher_name", "invoice_issuer_name"), "'AWS'"),
        },
    )


def equalities(present: Collection[str]) -> tuple[Equality, ...]:
    own = f"CASE WHEN {SPLIT_COST} THEN {ZERO} ELSE {OWN_COST} END"
    amortised = (
        f"CASE {TYPE} WHEN 'SavingsPlanRecurringFee' THEN"
        f" coalesce({after_discounts('savings_plan_amortized_upfront_commitment_for_billing_period')}, {ZERO})"
        f" WHEN 'RIFee' THEN coalesce({after_discounts('reservation_amortized_upfront_fee_for_billing_period')}, {ZERO})"
        f" ELSE {ZERO} END"
    )
    plan = f"CASE WHEN {TYPE} = 'SavingsPlanRecurringFee' THEN {PLAN} END"
    reservation = f"CASE WHEN {TYPE} = 'RIFee' THEN {RESERVATION} END"
    used = "CASE WHEN commitment_discount_status IS NOT NULL THEN effective_cost ELSE 0 END"
    fee = f"({after_discounts('line_item_unblended_cost')} + {amortised})"
    found = [
        Equality("Billed cost is the cost of the files", own, "billed_cost", certain=True),
        Equality(
            "Effective cost is billed cost with upfront fees spread",
            f"CASE WHEN {SPLIT_COST} THEN {ZERO} WHEN {UPFRONT} THEN {ZERO} ELSE {OWN_COST} + {amortised} END",
            "effective_cost",
            tolerance=ROUNDING,
        ),
        Equality(
            "Used and unused sum to each Savings Plan's commitment",
            _scaled("savings_plan_total_commitment_to_date"),
            used,
            source_key=plan,
            ledger_key="commitment_discount_id",
            tolerance=ROUNDING,
        ),
        Equality(
            "Used and unused sum to each reservation's cost",
            fee,
            used,
            source_key=reservation,
            ledger_key="commitment_discount_id",
            tolerance=ROUNDING,
        ),
    ]
    if NET in present:
        unblended = f"CASE WHEN {SPLIT_COST} THEN {ZERO} ELSE line_item_unblended_cost END"
        found.append(
            Equality(
                "Discounts count once: net cost is unblended cost, of which they are rows",
                unblended,
                "billed_cost",
                applies=f"{TYPE} IN ({_quote(DISCOUNTS)})",
                tolerance=ROUNDING,
            )
        )
    return tuple(found)


def _quote(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
