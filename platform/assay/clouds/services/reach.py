"""The accounts and regions that a connection leads to, and clients for them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings

from assay.clouds.connectors.aws import accounts
from assay.clouds.connectors.aws.roles import assume_role
from assay.clouds.connectors.aws.sessions import HOME_REGION, Clients, Refused
from assay.clouds.domain.connections import ConnectionView
from assay.clouds.domain.refreshes import Refusal
from assay.clouds.services.refreshes import Lease, hold_lease, record_call
from assay.core import tenancy
from assay.core.errors import AssayError, Conflict, Unavailable

ASSUME = "sts:AssumeRole"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    clients: Clients
    regions: tuple[str, ...]


def list_reach(lease: Lease) -> list[Account]:
    """Every account that can be entered, each with the regions to look at; what is refused is recorded, and left out.

    Called outside a scope: AWS takes its time. raises: AssayError when not even the connection's own role can be assumed; LeaseLost.
    """
    connection = lease.connection
    home, partition = _enter_home(connection)
    found = []
    for account_id in _list_account_ids(lease, home):
        clients = home if account_id == home.account_id else _enter_member(lease, home, account_id, partition)
        if clients is not None and (regions := _list_regions(lease, clients)):
            found.append(Account(account_id, clients, regions))
    return found


def _enter_home(connection: ConnectionView) -> tuple[Clients, str]:
    endpoint_url = settings.ASSAY_AWS_ENDPOINT_URL
    keys = assume_role(
        connection.role_arn, external_id=connection.external_id, region=connection.region, endpoint_url=endpoint_url
    )
    try:
        account_id, partition = accounts.find_identity(Clients("", keys, endpoint_url))
    except Refused as refused:
        raise Unavailable(refused.refusal.message) from refused
    return Clients(account_id, keys, endpoint_url), partition


def _list_account_ids(lease: Lease, home: Clients) -> list[str]:
    if not lease.connection.member_role:
        return [home.account_id]
    listed = _ask(lease, accounts.ACCOUNTS, home.account_id, lambda: accounts.list_accounts(home))
    return sorted({home.account_id, *(listed or ())})


def _enter_member(lease: Lease, home: Clients, account_id: str, partition: str) -> Clients | None:
    """By the role that every member account has under one name; None when it is refused there."""
    connection = lease.connection

    def enter() -> list[Clients]:
        arn = f"arn:{partition}:iam::{account_id}:role/{connection.member_role}"
        try:
            keys = assume_role(
                arn,
                external_id=connection.external_id,
                region=connection.region,
                endpoint_url=home.endpoint_url,
                by=home.keys,
            )
        except AssayError as error:
            denied = ASSUME if isinstance(error, Conflict) else ""
            raise Refused(Refusal("sts", "AssumeRole", error.message, denied)) from error
        return [Clients(account_id, keys, home.endpoint_url)]

    entered = _ask(lease, ASSUME, account_id, enter)
    return entered[0] if entered else None


def _list_regions(lease: Lease, clients: Clients) -> tuple[str, ...]:
    """Those that the connection names; else those that the account may use; else, when that is refused, the connection's own."""
    connection = lease.connection
    if connection.regions:
        return connection.regions
    ask_in = connection.region or HOME_REGION
    listed = _ask(lease, accounts.REGIONS, clients.account_id, lambda: accounts.list_regions(clients, ask_in=ask_in))
    return tuple(listed) if listed else (ask_in,)


def _ask(lease: Lease, permission: str, account_id: str, ask: Callable[[], list[T]]) -> list[T] | None:
    """None when it is refused. Asked again by every attempt, since all that follows stands on it."""
    began, found, refusal = time.perf_counter(), None, None
    try:
        found = ask()
    except Refused as refused:
        refusal = refused.refusal
    with tenancy.scope(lease.organization_id):
        hold_lease(lease)
        seconds = time.perf_counter() - began
        record_call(
            lease,
            permission=permission,
            account_id=account_id,
            region="",
            items=len(found or ()),
            seconds=seconds,
            refusal=refusal,
        )
    return found
