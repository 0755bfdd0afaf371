"""What is charged for other charges, or against them: tax and credits, monthly per account and invoice."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal

from assay_client.demo.bill.columns import Charge, Costs, blank_row
from assay_client.demo.bill.issuers import AWS, AWS_ACCOUNTS, DATABRICKS, WORKSPACE, Account
from assay_client.demo.bill.periods import Month

TAX_RATE = Decimal("0.0625")
CENT = Decimal("0.01")
ROUNDING = Context(prec=40, rounding=ROUND_HALF_EVEN)
TAXED = (*((AWS, account) for account in AWS_ACCOUNTS), (DATABRICKS, WORKSPACE))
CREDITS = ((AWS_ACCOUNTS[0], Decimal("-250.00")), (AWS_ACCOUNTS[1], Decimal("-1200.00")))
COUNT = len(TAXED) + len(CREDITS)


def credit_charges(month: Month) -> Iterator[Charge]:
    """A credit is related to no other charge, so its four costs are one figure."""
    for account, amount in CREDITS:
        values = {
            "ChargeCategory": "Credit",
            "ChargeFrequency": "Recurring",
            "ChargeDescription": "Promotional credit for machine learning",
        }
        service = {
            "ServiceCategory": "Compute",
            "ServiceSubcategory": "Other (Compute)",
            "ServiceName": "Amazon Elastic Compute Cloud",
        }
        costs = Costs(billed=amount, contracted=amount, effective=amount, list=amount)
        yield _charge(month, AWS, account, values | service, costs)


def tax_charges(month: Month, taxable: Mapping[str, Costs]) -> Iterator[Charge]:
    """taxable: the month's usage per sub account. Each of a tax's costs is the rate on the same cost of its usage, to the cent."""
    for issuer, account in TAXED:
        base = taxable[account.id]
        billed = _tax(base.billed)
        costs = Costs(billed=billed, contracted=_tax(base.contracted), effective=billed, list=_tax(base.list))
        values = {
            "ChargeCategory": "Tax",
            "ChargeFrequency": "Recurring",
            "ChargeDescription": f"Sales tax, {TAX_RATE * 100} %",
        }
        service = {"ServiceCategory": "Other", "ServiceSubcategory": "Other (Other)", "ServiceName": "Tax"}
        yield _charge(month, issuer, account, values | service, costs)


def _tax(amount: Decimal) -> Decimal:
    return ROUNDING.quantize(amount * TAX_RATE, CENT)


def _charge(month: Month, issuer: Mapping[str, str], account: Account, values: Mapping[str, str], costs: Costs) -> Charge:
    periods = {
        "BillingPeriodStart": month.whole[0],
        "BillingPeriodEnd": month.whole[1],
        "ChargePeriodStart": month.whole[0],
        "ChargePeriodEnd": month.whole[1],
        "InvoiceId": issuer["InvoiceId"] + month.name,
    }
    return Charge(blank_row({**issuer, **account.columns(), **values, **periods, **costs.texts()}), costs)
