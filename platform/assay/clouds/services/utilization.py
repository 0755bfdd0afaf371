"""How much was used on whole days that are not known yet: region by region, a day and some hundred machines at a time."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from uuid import UUID

import numpy as np

from assay.clouds.connectors.aws.cloudwatch import (
    DATA,
    METRICS,
    SOURCES,
    AgentMetrics,
    Measured,
    Target,
    list_agent_metrics,
    measure_day,
)
from assay.clouds.connectors.aws.ec2 import BURSTABLE
from assay.clouds.connectors.aws.sessions import Clients, Refused
from assay.clouds.domain.details import load_details
from assay.clouds.domain.inventory import Database, Instance, ResourceKind
from assay.clouds.domain.refreshes import CallState, Refusal
from assay.clouds.domain.utilization import Metric
from assay.clouds.models import CloudResource, InventoryCall, UtilizationDay
from assay.clouds.services.reach import Account, list_reach
from assay.clouds.services.refreshes import (
    Lease,
    check_slice,
    end_of_slice,
    hold_lease,
    record_call,
    renew_lease,
)
from assay.core import tenancy
from assay.core.clock import now
from assay.core.ids import new_id

DAYS = 14
"""Whole days that are looked back for; CloudWatch keeps five-minute values for 63."""
KEPT_DAYS = 93
SETTLES = timedelta(hours=1)
"""How long after its end a day is left alone, since points come late."""
AT_ONCE = 4
TARGETS_AT_ONCE = 100
RENEW_SECONDS = 60
OF_AGENTS = (Metric.MEMORY.value, Metric.GPU.value, Metric.GPU_MEMORY.value)


@dataclass(frozen=True, slots=True)
class Work:
    """Resources of one region whose values of one day are missing."""

    account: Account
    region: str
    day: date
    targets: dict[Target, UUID]
    agents: AgentMetrics


@dataclass(frozen=True, slots=True)
class Outcome:
    work: Work
    measured: list[Measured]
    refusal: Refusal | None
    seconds: float


def measure_everything(lease: Lease) -> None:
    """Fetch what is missing of the last DAYS whole days. What an earlier attempt stored is not asked for again.

    Called outside a scope. raises: LeaseLost, Paused; AssayError when nothing can be reached.
    """
    _forget_old_days(lease)
    days = list_whole_days(now(), DAYS)
    reach = list_reach(lease)
    until = end_of_slice()
    for account in reach:
        for region in _list_held_regions(lease, account):
            agents = _list_agents(lease, account.clients, region)
            with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="utilization") as threads:
                try:
                    _measure_region(lease, threads, list(_list_work(lease, account, region, days, agents)), until)
                except BaseException:
                    threads.shutdown(wait=False, cancel_futures=True)
                    raise


def list_whole_days(at: datetime, days: int) -> list[date]:
    """The last whole UTC days that have settled, the earliest first."""
    today = (at - SETTLES).astimezone(UTC).date()
    return [today - timedelta(days=back) for back in range(days, 0, -1)]


def store_measured(organization_id: UUID, resource_id: UUID, measured: Measured) -> UtilizationDay:
    """The row, not saved yet."""
    series = measured.series
    return UtilizationDay(
        id=new_id(),
        organization_id=organization_id,
        resource_id=resource_id,
        metric=measured.metric.value,
        day=series.start.date(),
        period_seconds=int(series.step.total_seconds()),
        average=series.average.astype(np.dtype("<f4")).tobytes(),
        maximum=series.maximum.astype(np.dtype("<f4")).tobytes(),
    )


def _measure_region(lease: Lease, threads: ThreadPoolExecutor, work: Sequence[Work], until: datetime) -> None:
    """After a refusal nothing more is asked in this region: the answer would be the same."""
    waiting = list(reversed(work))
    pending: set[Future[Outcome]] = set()
    while waiting or pending:
        while waiting and len(pending) < AT_ONCE:
            pending.add(threads.submit(_measure, waiting.pop()))
        done, pending = wait(pending, timeout=RENEW_SECONDS, return_when=FIRST_COMPLETED)
        if not done:
            renew_lease(lease)
        for future in done:
            outcome = future.result()
            _store(lease, outcome)
            if outcome.refusal is not None:
                waiting.clear()
            check_slice(until)


def _measure(work: Work) -> Outcome:
    began = time.perf_counter()
    try:
        measured = measure_day(work.account.clients, work.region, list(work.targets), work.day, agents=work.agents)
    except Refused as refused:
        return Outcome(work, [], refused.refusal, time.perf_counter() - began)
    return Outcome(work, measured, None, time.perf_counter() - began)


def _store(lease: Lease, outcome: Outcome) -> None:
    work = outcome.work
    with tenancy.scope(lease.organization_id):
        hold_lease(lease)
        rows = [store_measured(lease.organization_id, work.targets[one.target], one) for one in outcome.measured]
        UtilizationDay.objects.bulk_create(rows, ignore_conflicts=True)
        _record(lease, DATA, work.account.id, work.region, len(rows), outcome.seconds, outcome.refusal)


def _record(
    lease: Lease, permission: str, account_id: str, region: str, items: int, seconds: float, refusal: Refusal | None
) -> None:
    """One row for all calls of a region: what came is added up; a refusal stays, whatever was answered after it."""
    service, _, operation = permission.partition(":")
    known = InventoryCall.objects.filter(
        refresh_id=lease.refresh_id, service=service, operation=operation, account_id=account_id, region=region
    ).first()
    if known is not None and known.state != CallState.OK and refusal is None:
        refusal = Refusal(service, operation, known.message, permission if known.state == CallState.DENIED else "")
    record_call(
        lease,
        permission=permission,
        account_id=account_id,
        region=region,
        items=items + (known.items if known else 0),
        seconds=seconds + (known.seconds if known else 0.0),
        refusal=refusal,
    )


def _list_held_regions(lease: Lease, account: Account) -> list[str]:
    """Regions in which something exists that can be measured; those alone are asked, since every question has its price."""
    with tenancy.scope(lease.organization_id):
        rows = CloudResource.objects.filter(
            organization_id=lease.organization_id, provider="aws", account_id=account.id, gone_at=None
        )
        held = (
            rows.filter(kind__in=[kind.value for kind in SOURCES])
            .order_by("region")
            .values_list("region", flat=True)
            .distinct()
        )
        return [region for region in held if region in account.regions]


def _list_agents(lease: Lease, clients: Clients, region: str) -> AgentMetrics:
    """Nothing when it is refused: memory and GPUs then stay unknown, and the refresh says why."""
    began, refusal, agents = time.perf_counter(), None, AgentMetrics()
    try:
        agents = list_agent_metrics(clients, region)
    except Refused as refused:
        refusal = refused.refusal
    with tenancy.scope(lease.organization_id):
        hold_lease(lease)
        seconds = time.perf_counter() - began
        items = len(agents.by_instance)
        record_call(
            lease,
            permission=METRICS,
            account_id=clients.account_id,
            region=region,
            items=items,
            seconds=seconds,
            refusal=refusal,
        )
    return agents


def _list_work(lease: Lease, account: Account, region: str, days: Sequence[date], agents: AgentMetrics) -> Iterator[Work]:
    """The newest days first, so that what matters most is there soonest. Days that are known are asked for again once an agent is heard of, or may
    be listened to, of which nothing was stored yet.
    """
    with tenancy.scope(lease.organization_id):
        targets = _list_targets(lease.organization_id, account.id, region)
        rows = UtilizationDay.objects.filter(
            organization_id=lease.organization_id, resource_id__in=list(targets), day__gte=days[0], day__lte=days[-1]
        )
        known = set(rows.values_list("resource_id", "day"))
        reporting = set(rows.filter(metric__in=OF_AGENTS).values_list("resource_id", flat=True))
    silent = {
        resource_id
        for resource_id, (target, _) in targets.items()
        if target.dimension in agents.by_instance and resource_id not in reporting
    }
    for day in reversed(days):
        end = datetime.combine(day, time_of_day.min, tzinfo=UTC) + timedelta(days=1)
        missing = {
            target: resource_id
            for resource_id, (target, created_at) in targets.items()
            if ((resource_id, day) not in known or resource_id in silent) and (created_at is None or created_at < end)
        }
        pairs = list(missing.items())
        for at in range(0, len(pairs), TARGETS_AT_ONCE):
            yield Work(account, region, day, dict(pairs[at : at + TARGETS_AT_ONCE]), agents)


def _list_targets(organization_id: UUID, account_id: str, region: str) -> dict[UUID, tuple[Target, datetime | None]]:
    rows = CloudResource.objects.filter(
        organization_id=organization_id, provider="aws", account_id=account_id, region=region, gone_at=None
    ).filter(kind__in=[kind.value for kind in SOURCES])
    found = {}
    for row in rows.order_by("id"):
        kind = ResourceKind(row.kind)
        details = load_details(kind, row.details)
        burstable = isinstance(details, Instance) and bool(BURSTABLE.match(details.instance_type))
        dimension = row.name if isinstance(details, Database) else row.native_id
        found[row.id] = (Target(kind, dimension, burstable), row.created_at)
    return found


def _forget_old_days(lease: Lease) -> None:
    oldest = now().astimezone(UTC).date() - timedelta(days=KEPT_DAYS)
    with tenancy.scope(lease.organization_id):
        hold_lease(lease)
        UtilizationDay.objects.filter(organization_id=lease.organization_id, day__lt=oldest).delete()
