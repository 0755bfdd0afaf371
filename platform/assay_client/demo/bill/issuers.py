"""Who sends the invoice, and to which accounts."""

from dataclasses import dataclass

AWS_PAYER = "999988887777"
DATABRICKS_ACCOUNT = "2f6d1c3e-58b7-4a0e-9c41-d7a95be08c66"

AWS = {
    "ProviderName": "AWS",
    "PublisherName": "Amazon Web Services, Inc.",
    "InvoiceIssuerName": "Amazon Web Services, Inc.",
    "BillingAccountId": AWS_PAYER,
    "BillingAccountName": "payer",
    "BillingAccountType": "Organization",
    "BillingCurrency": "USD",
    "InvoiceId": "AWS-",
}
DATABRICKS = {
    "ProviderName": "Databricks",
    "PublisherName": "Databricks, Inc.",
    "InvoiceIssuerName": "Databricks, Inc.",
    "BillingAccountId": DATABRICKS_ACCOUNT,
    "BillingAccountName": "lakehouse",
    "BillingAccountType": "Account",
    "BillingCurrency": "USD",
    "InvoiceId": "DBX-",
}


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    kind: str = "Account"

    def columns(self) -> dict[str, str]:
        return {"SubAccountId": self.id, "SubAccountName": self.name, "SubAccountType": self.kind}


RESEARCH = Account("111122223333", "ml-research")
PLATFORM = Account("444455556666", "ml-platform")
DATA = Account("777788889999", "data-products")
WORKSPACE = Account("4815162342108642", "lakehouse-prod", "Workspace")

AWS_ACCOUNTS = (RESEARCH, PLATFORM, DATA)
ACCOUNT_OF = {account.id: account for account in AWS_ACCOUNTS}
