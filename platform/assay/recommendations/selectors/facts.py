"""Facts out of the database and the ledger, read in batches while a check walks over them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID

import numpy as np

from assay.accounts.selectors.organizations import get_organization
from assay.clouds.domain.inventory import Resource, ResourceKey, ResourceKind
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.prices import ListQuote
from assay.clouds.domain.refreshes import Grant
from assay.clouds.domain.utilization import Metric, Series
from assay.clouds.selectors.inventory import ResourceView, list_changes_since, walk_resources
from assay.clouds.selectors.machine_types import list_machine_types
from assay.clouds.selectors.prices import list_quotes
from assay.clouds.selectors.refreshes import list_grants
from assay.clouds.selectors.standings import has_resources
from assay.clouds.selectors.utilization import read_series
from assay.core.intervals import Interval
from assay.core.money import EXACT, Money
from assay.costs.selectors.resource_bills import ResourceSums, find_billed_days, read_resource_sums
from assay.recommendations.domain.facts import Quote, ResourceBill, Wanted
from assay.recommendations.domain.found import PriceSource
from assay.recommendations.domain.states import BlindSpot
from assay.recommendations.selectors.bills import midnight, names_of

TYPE_FIELDS = ("instance_type", "instance_class")
CHANGES_LOOKED_BACK = timedelta(days=93)
MACHINES_AT_ONCE = 150
"""Five weeks of eight metrics are 600 kB a machine."""
DAY = timedelta(days=1)


class StoredFacts:
    """Implements domain.facts.Facts inside an organization's scope, for one walk of one check; `at` is the instant it began."""

    def __init__(self, organization_id: UUID, *, at: datetime) -> None:
        self._organization_id = organization_id
        self.at = at
        self._batch: Mapping[ResourceKey, ResourceView] = {}
        self._series: dict[tuple[Metric, int], Mapping[tuple[UUID, Metric], Series]] = {}
        self._resized: Mapping[UUID, datetime] | None = None
        self._bills: dict[int, _Bill] = {}
        self._quotes: dict[tuple[str, ...], Mapping[str, ListQuote]] = {}
        self._types: dict[tuple[str, str], Sequence[MachineType]] = {}
        self._walked: dict[ResourceKind, int] = {}
        self._measured: dict[ResourceKey, bool] = {}
        self._known: dict[ResourceKind, Mapping[tuple[str, str, str], Resource]] = {}

    @cached_property
    def currency(self) -> str:
        return get_organization(self._organization_id).currency

    @cached_property
    def has_inventory(self) -> bool:
        return has_resources(self._organization_id)

    @cached_property
    def _grants(self) -> Mapping[str, Grant]:
        return list_grants(self._organization_id)

    def blind_spots(self, needs: Collection[str]) -> list[BlindSpot]:
        """Places that refused one of these permissions the last time."""
        return [
            BlindSpot(account_id, region, permission)
            for permission in sorted(needs & self._grants.keys())
            for account_id, region in self._grants[permission].places
        ]

    def is_blind(self, needs: Collection[str]) -> str:
        """A permission that every place refused; empty when there is none, and so something can be looked at."""
        known = (self._grants[name] for name in sorted(needs & self._grants.keys()))
        return next((grant.permission for grant in known if grant.is_missing and not grant.answered), "")

    def resource_of(self, key: ResourceKey) -> Resource:
        """What a check has just found. raises: KeyError when it was not of the batch it was given."""
        return self._batch[key].resource

    def told(self) -> list[str]:
        """What was looked at, for the log."""
        return [f"Looked at {count} of kind {kind.value}." for kind, count in self._walked.items()]

    def resources(self, kind: ResourceKind) -> Iterator[Resource]:
        self._walked[kind] = 0
        for batch in walk_resources(self._organization_id, kind, batch=MACHINES_AT_ONCE):
            self._batch = {view.resource.key: view for view in batch}
            self._series.clear()
            self._resized = None
            self._walked[kind] += len(batch)
            yield from (view.resource for view in batch)

    def find(self, kind: ResourceKind, account_id: str, region: str, native_id: str) -> Resource | None:
        """All of the kind are read with the first one that is asked for: a question each would take longer for a large account."""
        if kind not in self._known:
            batches = walk_resources(self._organization_id, kind)
            self._known[kind] = {_place_of(view.resource.key): view.resource for batch in batches for view in batch}
        return self._known[kind].get((account_id, region, native_id))

    def series(self, resource: Resource, metric: Metric, *, days: int) -> Series | None:
        """All of the batch are read with the first one that is asked for."""
        view = self._batch.get(resource.key)
        if view is None:
            return None
        if (metric, days) not in self._series:
            ids = [one.id for one in self._batch.values()]
            until = self.at.astimezone(UTC).date()
            self._series[metric, days] = read_series(self._organization_id, ids, [metric], until=until, days=days)
        series = self._series[metric, days].get((view.id, metric))
        self._measured[resource.key] = self._measured.get(resource.key, False) or _is_recent(series)
        return series

    def unmeasured(self) -> frozenset[ResourceKey]:
        """Resources whose series were asked for, of which the last whole day has no point in any: nobody knows how they are used now."""
        return frozenset(key for key, is_recent in self._measured.items() if not is_recent)

    def resized_at(self, resource: Resource) -> datetime | None:
        """Changes of the batch are read with the first one that is asked for."""
        view = self._batch.get(resource.key)
        if view is None:
            return None
        if self._resized is None:
            ids = [one.id for one in self._batch.values()]
            changes = list_changes_since(self._organization_id, ids, self.at - CHANGES_LOOKED_BACK)
            self._resized = {
                resource_id: change.at
                for resource_id, found in changes.items()
                for change in found
                if any(name in change.before and name in change.after for name in TYPE_FIELDS)
            }
        return self._resized.get(view.id)

    def bill(self, resource: Resource, *, days: int) -> ResourceBill | None:
        if days not in self._bills:
            self._bills[days] = _read_bill(self._organization_id, at=self.at, days=days)
        key = resource.key
        return self._bills[days].find(names_of(key.kind, key.account_id, key.region, key.native_id), self.currency)

    def quote(self, wanted: Wanted) -> Quote | None:
        """Of the provider's list where it was fetched, else of the shipped book."""
        key = (wanted.provider, wanted.region, wanted.platform, wanted.tenancy, wanted.lifecycle)
        if key not in self._quotes:
            self._quotes[key] = list_quotes(
                wanted.provider,
                region=wanted.region,
                platform=wanted.platform,
                tenancy=wanted.tenancy,
                offer=wanted.lifecycle,
                on=self.at.astimezone(UTC).date(),
            )
        found = self._quotes[key].get(wanted.name)
        if found is None:
            return None
        source = PriceSource.PROVIDER if found.is_fetched else PriceSource.SHIPPED
        return Quote(found.per_hour, source, found.valid_from)

    def machine_types(self, provider: str, region: str) -> Sequence[MachineType]:
        if (provider, region) not in self._types:
            self._types[provider, region] = list_machine_types(provider, region)
        return self._types[provider, region]


@dataclass(frozen=True, slots=True)
class _Bill:
    sums: Mapping[tuple[str, str], ResourceSums]

    def find(self, names: Sequence[str], currency: str) -> ResourceBill | None:
        """What stands under any of the names, in one currency: savings never mix them."""
        parts = [self.sums[name, currency] for name in names if (name, currency) in self.sums]
        return _add(parts, currency) if parts else None


def _add(parts: Sequence[ResourceSums], currency: str) -> ResourceBill:
    effective = contracted = covered = Decimal(0)
    for part in parts:
        effective = EXACT.add(effective, part.effective)
        contracted = EXACT.add(contracted, part.contracted)
        covered = EXACT.add(covered, part.covered)
    share = min(max(EXACT.divide(covered, contracted), Decimal(0)), Decimal(1)) if contracted > 0 else Decimal(0)
    last_day = max(part.last_day for part in parts)
    days = max(part.days for part in parts)
    return ResourceBill(days, Money(effective, currency), Money(contracted, currency), share, last_day)


def _read_bill(organization_id: UUID, *, at: datetime, days: int) -> _Bill:
    """The last days that the bill covers completely, at most so many."""
    covered = find_billed_days(organization_id)
    if covered is None:
        return _Bill({})
    end = min(covered[1], at.astimezone(UTC).date())
    start = max(end - timedelta(days=days), covered[0])
    return _Bill(read_resource_sums(organization_id, _whole(start, end)) if start < end else {})


def _whole(start: date, end: date) -> Interval:
    return Interval(midnight(start), midnight(end))


def _place_of(key: ResourceKey) -> tuple[str, str, str]:
    return key.account_id, key.region, key.native_id


def _is_recent(series: Series | None) -> bool:
    """Whether the last whole day has a point."""
    return series is not None and bool((~np.isnan(series.maximum[-int(DAY / series.step) :])).any())
