"""Answers of the ledger, kept while the ledger stays the same: a version of it never changes."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import CostTable, Freshness
from assay.costs.domain.comparisons import Explanation
from assay.costs.domain.dimensions import Dimension
from assay.costs.domain.questions import CostAnswer, CostQuestion
from assay.costs.selectors import changes, explorer
from assay.costs.selectors.freshness import find_reach
from assay.costs.selectors.lake import find_snapshot

KEPT = 256
"""Answers per process: a few weeks of one organization's pages, some tens of MB at most."""


def answer(organization_id: UUID, question: CostQuestion) -> CostAnswer:
    """As costs.selectors.explorer.answer."""
    kept = _answer(organization_id, _version(organization_id), question)
    return replace(kept, reach=find_reach(organization_id))


def explain_change(organization_id: UUID, question: CostQuestion, *, before: Interval) -> Explanation:
    """As costs.selectors.changes.explain_change."""
    return _explain(organization_id, _version(organization_id), question, before)


def summarize(organization_id: UUID, *, group_by: Sequence[Dimension], interval: Interval, basis: Basis) -> CostTable:
    """As costs.selectors.explorer.summarize."""
    return _summarize(organization_id, _version(organization_id), tuple(group_by), interval, basis)


def find_freshness(organization_id: UUID) -> Freshness:
    """As costs.selectors.explorer.find_freshness."""
    return _find_freshness(organization_id, _version(organization_id))


def _version(organization_id: UUID) -> int:
    """Of the organization's ledger; -1 before the first import."""
    snapshot = find_snapshot(organization_id)
    return -1 if snapshot is None else snapshot.version


@lru_cache(maxsize=KEPT)
def _answer(organization_id: UUID, version: int, question: CostQuestion) -> CostAnswer:
    """Another grouping of the same charges has the same whole."""
    whole = _answer(organization_id, version, explorer.without_groups(question)) if question.group_by else None
    return explorer.answer(organization_id, question, whole=whole)


@lru_cache(maxsize=KEPT)
def _explain(organization_id: UUID, version: int, question: CostQuestion, before: Interval) -> Explanation:
    return changes.explain_change(organization_id, question, before=before)


@lru_cache(maxsize=KEPT)
def _summarize(
    organization_id: UUID, version: int, group_by: tuple[Dimension, ...], interval: Interval, basis: Basis
) -> CostTable:
    return explorer.summarize(organization_id, group_by=group_by, interval=interval, basis=basis)


@lru_cache(maxsize=KEPT)
def _find_freshness(organization_id: UUID, version: int) -> Freshness:
    return explorer.find_freshness(organization_id)
