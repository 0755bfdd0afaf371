"""Which accounts and regions there are."""

from typing import Any

from assay.clouds.connectors.aws.sessions import HOME_REGION, Clients, list_pages, telling_refusals

ACCOUNTS, REGIONS, IDENTITY = "organizations:ListAccounts", "ec2:DescribeRegions", "sts:GetCallerIdentity"


def find_identity(clients: Clients) -> tuple[str, str]:
    """(account, partition) of whoever asks. raises: Refused."""
    client = clients.get("sts")
    with telling_refusals(client, IDENTITY):
        identity: dict[str, Any] = client.get_caller_identity()
    return identity["Account"], identity["Arn"].split(":")[1]


def list_accounts(clients: Clients) -> list[str]:
    """Active accounts of the AWS organization, by id; asked by its management account. raises: Refused."""
    found = list_pages(clients.get("organizations"), "list_accounts", "Accounts", permission=ACCOUNTS)
    return sorted(one["Id"] for one in found if one.get("Status", one.get("State", "ACTIVE")) == "ACTIVE")


def list_regions(clients: Clients, *, ask_in: str = "") -> list[str]:
    """Regions that the account may use. raises: Refused."""
    client = clients.get("ec2", ask_in or HOME_REGION)
    found = list_pages(client, "describe_regions", "Regions", permission=REGIONS)
    return sorted(one["RegionName"] for one in found if one.get("OptInStatus") != "not-opted-in")
