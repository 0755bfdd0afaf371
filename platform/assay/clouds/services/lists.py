"""Public lists of the regions in which machines are held: what is offered there, and what it costs."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from assay.clouds.connectors.aws.commitments import RATES, OfferedRate, list_offered_rates
from assay.clouds.connectors.aws.machine_types import TYPES, list_machine_types
from assay.clouds.connectors.aws.pricing import PRODUCTS, ListedPrice, list_prices
from assay.clouds.connectors.aws.sessions import Refused
from assay.clouds.domain.details import dump_machine_type, load_details
from assay.clouds.domain.inventory import Instance, ResourceKind
from assay.clouds.domain.platforms import find_operation, name_platform
from assay.clouds.models import CloudResource, FetchedMachineType, FetchedPrice
from assay.clouds.services.reach import Account
from assay.clouds.services.refreshes import Lease, hold_lease, record_call
from assay.core import tenancy
from assay.core.clock import now
from assay.core.ids import new_id

TYPES_HOLD = timedelta(days=7)
PRICES_HOLD = timedelta(days=1)
"""How long a list is taken to be as it was; it is one for all organizations."""
AT_ONCE = 1_000
LIST_SOURCE, RATES_SOURCE = "AWS Price List", "Savings Plans offering rates"
UNIQUE = ["provider", "region", "name", "platform", "tenancy", "offer", "currency", "valid_from"]

T = TypeVar("T")
Held = dict[str, set[tuple[str, str, str]]]
"""Region → (platform, tenancy, machine type) of the machines there."""


def refresh_lists(lease: Lease, reach: Sequence[Account]) -> None:
    """Fetch what is missing or old, once a region. What is refused leaves the older list, or the shipped one. raises: LeaseLost."""
    held = _list_held(lease)
    for region in sorted(held):
        account = next((one for one in reach if region in one.regions), None)
        if account is not None:
            _refresh_types(lease, account, region)
            for platform, tenancy_name in sorted({(platform, tenancy_name) for platform, tenancy_name, _ in held[region]}):
                _refresh_prices(lease, account, region, platform, tenancy_name)
            _refresh_rates(lease, account, region, sorted({name for _, _, name in held[region]}))


def _list_held(lease: Lease) -> Held:
    with tenancy.scope(lease.organization_id):
        rows = CloudResource.objects.filter(
            organization_id=lease.organization_id, provider="aws", kind=ResourceKind.INSTANCE, gone_at=None
        )
        held: Held = {}
        for region, plain in rows.values_list("region", "details"):
            details = load_details(ResourceKind.INSTANCE, plain)
            if isinstance(details, Instance):
                held.setdefault(region, set()).add((details.platform, details.tenancy, details.instance_type))
        return held


def _refresh_types(lease: Lease, account: Account, region: str) -> None:
    since = now() - TYPES_HOLD
    if FetchedMachineType.objects.filter(provider="aws", region=region, fetched_at__gt=since).exists():
        return
    found = _ask(lease, TYPES, account, region, lambda: list_machine_types(account.clients, region))
    if not found:
        return
    at = now()
    rows = [
        FetchedMachineType(
            id=new_id(), provider="aws", region=region, name=one.name, details=dump_machine_type(one), fetched_at=at
        )
        for one in found
    ]
    FetchedMachineType.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["provider", "region", "name"],
        update_fields=["details", "fetched_at"],
    )
    FetchedMachineType.objects.filter(provider="aws", region=region, fetched_at__lt=at).delete()


def _refresh_prices(lease: Lease, account: Account, region: str, platform: str, tenancy_name: str) -> None:
    """A platform that the list does not sell under a code of its own has no listed price."""
    operation = find_operation(platform)
    same = {"region": region, "platform": platform, "tenancy": tenancy_name}
    if operation is None or _are_fresh(LIST_SOURCE, **same):
        return
    found = _ask(
        lease,
        PRODUCTS,
        account,
        region,
        lambda: list_prices(account.clients, region=region, operation=operation, tenancy=tenancy_name),
    )
    _store_prices([_price_of(one) | same for one in found or ()], LIST_SOURCE)


def _refresh_rates(lease: Lease, account: Account, region: str, instance_types: Sequence[str]) -> None:
    if _are_fresh(RATES_SOURCE, region=region):
        return
    found = _ask(
        lease,
        RATES,
        account,
        region,
        lambda: list_offered_rates(account.clients, region=region, instance_types=instance_types),
    )
    _store_prices([_rate_of(one) for one in found or ()], RATES_SOURCE)


def _are_fresh(source: str, **where: str) -> bool:
    rows = FetchedPrice.objects.filter(provider="aws", source=source, fetched_at__gt=now() - PRICES_HOLD, **where)
    return rows.exists()


def _price_of(one: ListedPrice) -> dict[str, object]:
    return {
        "name": one.name,
        "offer": one.offer,
        "currency": one.currency,
        "per_hour": one.per_hour,
        "valid_from": one.valid_from,
    }


def _rate_of(one: OfferedRate) -> dict[str, object]:
    """A rate is that of the day on which it was asked for: the answer says no other."""
    return {
        "region": one.region,
        "platform": name_platform(operation=one.operation),
        "tenancy": one.tenancy,
        "name": one.instance_type,
        "offer": f"{one.plan_type} savings plan {one.term_years}yr {one.payment_option}".lower(),
        "currency": one.currency,
        "per_hour": one.per_hour,
        "valid_from": now().date(),
    }


def _store_prices(prices: Sequence[dict[str, object]], source: str) -> None:
    """One row a price; the last of two that the list has from one day."""
    at = now()
    rows = {tuple(price[name] for name in UNIQUE[1:]): price for price in prices}
    FetchedPrice.objects.bulk_create(
        [FetchedPrice(id=new_id(), provider="aws", source=source, fetched_at=at, **price) for price in rows.values()],
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=UNIQUE,
        update_fields=["per_hour", "source", "fetched_at"],
    )


def _ask(lease: Lease, permission: str, account: Account, region: str, ask: Callable[[], list[T]]) -> list[T] | None:
    """None when it is refused."""
    began, refusal = time.perf_counter(), None
    found: list[T] | None = None
    try:
        found = ask()
    except Refused as refused:
        refusal = refused.refusal
    with tenancy.scope(lease.organization_id):
        hold_lease(lease)
        record_call(
            lease,
            permission=permission,
            account_id=account.id,
            region=region,
            items=len(found or ()),
            seconds=time.perf_counter() - began,
            refusal=refusal,
        )
    return found
