"""FOCUS's rules that no single charge can break: sums over several, and what several say of one thing."""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from assay.costs.domain.checks import Check
from assay.costs.selectors.checks.rules import GroupRule, differs, exceeds, usual

PERIOD = ("source_id", "billing_period")
COMMITMENT = (*PERIOD, "commitment_discount_id")
CENTS = 100
"""Less than a cent may stay without an invoice: roundings do."""


def _sum(amount: Value, counts: BooleanValue) -> Value:
    zero = ibis.literal(0, type="decimal(33, 15)")
    total: Value = ibis.ifelse(counts, amount, zero).sum()
    return total


def _commitments(charges: Table, keys: tuple[str, ...]) -> Table:
    """paid: its purchases, at_once of them not recurring; used: usage, be it used or not; times of both."""
    chosen = charges.filter(charges.commitment_discount_id.notnull(), charges.charge_category.isin(["Usage", "Purchase"]))
    bought = chosen.charge_category == "Purchase"
    recurring = chosen.charge_frequency.fill_null("") == "Recurring"
    return chosen.group_by(*keys).aggregate(
        paid=_sum(chosen.billed_cost, bought),
        paid_at_once=_sum(chosen.billed_cost, bought & ~recurring),
        purchases=bought.ifelse(1, 0).sum(),
        used=_sum(chosen.effective_cost, ~bought),
        first_bought=bought.ifelse(chosen.charge_period_start, ibis.null("timestamp('UTC')")).min(),
        first_used=bought.ifelse(ibis.null("timestamp('UTC')"), chosen.charge_period_start).min(),
        used_until=bought.ifelse(ibis.null("timestamp('UTC')"), chosen.charge_period_end).max(),
        paid_until=bought.ifelse(chosen.charge_period_end, ibis.null("timestamp('UTC')")).max(),
    )


def _paid_and_lost(charges: Table) -> Table:
    """By period, once usage has come to where the purchases end: what recurs is spread over that time and no other."""
    found = _commitments(charges, COMMITMENT)
    complete = found.filter(found.purchases > 0, found.used_until >= found.paid_until)
    recurring = complete.mutate(recurring=complete.paid - complete.paid_at_once)
    return recurring.mutate(broken=exceeds(recurring.recurring, recurring.used))


def _used_and_unpaid(charges: Table) -> Table:
    found = _commitments(charges, COMMITMENT)
    return found.mutate(broken=(found.paid_at_once == 0) & exceeds(found.used, found.paid))


def _used_beyond_term(charges: Table) -> Table:
    found = _commitments(charges, ("source_id", "commitment_discount_id"))
    known = found.filter(found.purchases > 0, found.first_bought <= found.first_used)
    return known.mutate(broken=exceeds(known.used, known.paid))


def _uncommitted(charges: Table) -> Table:
    chosen = charges.filter(charges.commitment_discount_id.isnull())
    sums = chosen.group_by(*PERIOD).aggregate(billed=chosen.billed_cost.sum(), effective=chosen.effective_cost.sum())
    return sums.mutate(broken=differs(sums.billed, sums.effective))


def _taxed(charges: Table) -> Table:
    taxes = charges.charge_category == "Tax"
    sums = charges.group_by(*PERIOD, "billing_account_id").aggregate(
        tax=_sum(charges.billed_cost, taxes),
        taxed=_sum(charges.billed_cost, ~taxes & (charges.billed_cost > 0)),
        taxes=taxes.ifelse(1, 0).sum(),
    )
    found = sums.filter(sums.taxes > 0)
    return found.mutate(broken=exceeds(found.tax, found.taxed))


def _invoices(charges: Table) -> Table:
    chosen = charges.filter(charges.invoice_id.notnull())
    found = chosen.group_by("source_id", "invoice_id").aggregate(
        payable=chosen.billed_cost.sum(),
        issuers=chosen.invoice_issuer_name.nunique(),
        accounts=chosen.billing_account_id.nunique(),
        currencies=chosen.billing_currency.nunique(),
    )
    return found.mutate(broken=(found.issuers > 1) | (found.accounts > 1) | (found.currencies > 1))


def _left_out_of_invoices(charges: Table) -> Table:
    left_out = charges.invoice_id.isnull() & (charges.billed_cost.cast("float64").abs() * CENTS >= 1)
    sums = charges.group_by(*PERIOD, "billing_account_id").aggregate(
        invoices=charges.invoice_id.nunique(), left_out=left_out.ifelse(1, 0).sum(), amount=_sum(charges.billed_cost, left_out)
    )
    found = sums.filter(sums.invoices > 0)
    return found.mutate(broken=found.left_out > 0)


def _borders(charges: Table) -> Table:
    found = charges.group_by(*PERIOD).aggregate(
        starts=charges.billing_period_start.nunique(), ends=charges.billing_period_end.nunique()
    )
    return found.mutate(broken=(found.starts > 1) | (found.ends > 1))


def _two_sources(charges: Table) -> Table:
    chosen = charges.filter(charges.billing_account_id.notnull())
    provider = ibis.coalesce(chosen.service_provider_name, chosen.provider_name, chosen.invoice_issuer_name)
    found = chosen.group_by("billing_period", "billing_account_id", provider=provider).aggregate(
        sources=chosen.source_id.nunique(), billed=chosen.billed_cost.sum()
    )
    return found.mutate(broken=found.sources > 1)


@dataclass(frozen=True, slots=True)
class _Says:
    """Everything that has one value of `key` has one of `value`, within a period of a source. only: charges that count."""

    key: str
    value: str
    only: Callable[[Table], BooleanValue] | None = None

    def __call__(self, charges: Table) -> Table:
        chosen = charges.filter(charges[self.key].notnull())
        chosen = chosen if self.only is None else chosen.filter(self.only(chosen))
        found = chosen.group_by(*PERIOD, self.key).aggregate(
            values=chosen[self.value].nunique(),
            least=chosen[self.value].cast("string").min(),
            greatest=chosen[self.value].cast("string").max(),
        )
        return found.mutate(broken=found["values"] > 1)


def _not_dynamic(charges: Table) -> BooleanValue:
    fixed: BooleanValue = charges.pricing_category.fill_null("") != "Dynamic"
    return fixed


def _says(key: str, value: str, title: str, only: Callable[[Table], BooleanValue] | None = None) -> GroupRule:
    name = f"one-{value.replace('_', '-')}-by-{key.replace('_', '-')}"
    return GroupRule(usual(name, title), _Says(key, value, only), (*PERIOD, key))


SUMS = (
    GroupRule(
        Check("commitments-spread", "What recurs of a commitment's price is spread over what it covers, used and unused", "4"),
        _paid_and_lost,
        COMMITMENT,
    ),
    GroupRule(
        usual("commitments-paid", "What is used and unused of a commitment was paid for, where nothing was paid at once", "4"),
        _used_and_unpaid,
        COMMITMENT,
    ),
    GroupRule(
        Check("commitments-term", "What is used and unused of a commitment is never more than all that was paid for it", "4"),
        _used_beyond_term,
        ("source_id", "commitment_discount_id"),
    ),
    GroupRule(
        usual("totals", "Without commitments, effective and billed cost of a period are one sum", "5"), _uncommitted, PERIOD
    ),
    GroupRule(usual("taxes", "Taxes are less than what is taxed", "2"), _taxed, (*PERIOD, "billing_account_id")),
    GroupRule(
        Check("invoices", "An invoice has one issuer, one billing account and one currency", "6"),
        _invoices,
        ("source_id", "invoice_id"),
    ),
    GroupRule(
        usual("invoiced", "Once a period is invoiced, every charge has its invoice", "6"),
        _left_out_of_invoices,
        (*PERIOD, "billing_account_id"),
    ),
    GroupRule(Check("period-borders", "All charges of a billing period say the same borders of it"), _borders, PERIOD),
    GroupRule(
        usual("one-source", "The charges of a billing account and period come from one source"),
        _two_sources,
        ("billing_period", "billing_account_id"),
    ),
    _says("sub_account_id", "sub_account_name", "A sub account has one name"),
    _says("billing_account_id", "billing_account_name", "A billing account has one name"),
    _says("service_name", "service_category", "A service has one category"),
    _says("sku_price_id", "sku_id", "A SKU's price is of one SKU"),
    _says("sku_price_id", "pricing_unit", "A SKU's price has one unit"),
    _says("sku_price_id", "list_unit_price", "A SKU's price has one list unit price", _not_dynamic),
    _says("region_id", "region_name", "A region has one name"),
    _says("availability_zone", "region_id", "A zone lies in one region"),
    _says("commitment_discount_id", "commitment_discount_type", "A commitment is of one type"),
    _says("commitment_discount_id", "commitment_discount_name", "A commitment has one name"),
)
