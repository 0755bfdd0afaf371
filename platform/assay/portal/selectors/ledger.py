"""Answers of the ledger, kept while the ledger stays the same: a version of it never changes."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import CostTable, Freshness
from assay.costs.domain.dimensions import LABELS, Dimension
from assay.costs.selectors import explorer
from assay.costs.selectors.lake import find_snapshot

KEPT = 256
"""Answers per process: a few weeks of one organization's pages, some tens of MB at most."""

Values = tuple[tuple[Dimension, tuple[str | None, ...]], ...]


def summarize(
    organization_id: UUID,
    *,
    group_by: Sequence[Dimension],
    interval: Interval,
    basis: Basis,
    filters: Mapping[Dimension, Sequence[str | None]] | None = None,
) -> CostTable:
    """As costs.selectors.explorer.summarize."""
    values = tuple((dimension, tuple(chosen)) for dimension, chosen in (filters or {}).items())
    return _summarize(organization_id, _version(organization_id), tuple(group_by), interval, basis, values)


def find_freshness(organization_id: UUID) -> Freshness:
    """As costs.selectors.explorer.find_freshness."""
    return _find_freshness(organization_id, _version(organization_id))


def find_labels(organization_id: UUID, dimension: Dimension, *, interval: Interval) -> Mapping[str | None, str]:
    """Names of the dimension's values in the interval, where the values are ids; empty for other dimensions."""
    return _find_labels(organization_id, _version(organization_id), dimension, interval) if dimension in LABELS else {}


def _version(organization_id: UUID) -> int:
    """Of the organization's ledger; -1 before the first import."""
    ledger = find_snapshot(organization_id)
    return -1 if ledger is None else ledger.version


@lru_cache(maxsize=KEPT)
def _summarize(
    organization_id: UUID, version: int, group_by: tuple[Dimension, ...], interval: Interval, basis: Basis, values: Values
) -> CostTable:
    return explorer.summarize(organization_id, group_by=group_by, interval=interval, basis=basis, filters=dict(values))


@lru_cache(maxsize=KEPT)
def _find_freshness(organization_id: UUID, version: int) -> Freshness:
    return explorer.find_freshness(organization_id)


@lru_cache(maxsize=KEPT)
def _find_labels(organization_id: UUID, version: int, dimension: Dimension, interval: Interval) -> Mapping[str | None, str]:
    found = explorer.list_dimension_values(organization_id, dimension=dimension, interval=interval)
    return {one.value: one.label for one in found if one.label}
