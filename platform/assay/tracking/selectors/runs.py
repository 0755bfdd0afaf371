"""Reads of runs. A page costs one statement to find its runs and two to read what they hold; history is never touched."""

from collections.abc import Iterable
from uuid import UUID

from assay.tracking.domain.errors import RunNotFound
from assay.tracking.domain.queries import RunPage, RunQuery
from assay.tracking.domain.values import MetricValue, RunView
from assay.tracking.models import LatestMetric
from assay.tracking.selectors.run_contents import RunContents, read_contents, read_views
from assay.tracking.selectors.run_search import count_runs, find_runs, match_runs, order_runs

__all__ = [
    "RunPage", "RunQuery", "count_runs", "find_latest_metric", "get_contents", "get_run", "get_runs", "list_contents", "list_runs", "match_runs", "order_runs",
]  # fmt: skip


def get_run(organization_id: UUID, run_id: UUID) -> RunView:
    """Active or deleted. raises: RunNotFound."""
    runs = read_views(organization_id, [run_id])
    if not runs:
        raise RunNotFound(run_id)
    return runs[0]


def get_runs(organization_id: UUID, run_ids: Iterable[UUID]) -> dict[UUID, RunView]:
    """The runs of these ids that exist, active or deleted."""
    return {run.id: run for run in read_views(organization_id, list(run_ids))}


def list_runs(organization_id: UUID, query: RunQuery) -> RunPage:
    """raises: FilterRefused, PageTokenRefused."""
    found = find_runs(organization_id, query)
    return RunPage(tuple(read_views(organization_id, found.run_ids)), found.next_page_token)


def get_contents(organization_id: UUID, run_id: UUID) -> RunContents:
    """As get_run, for who makes no views. raises: RunNotFound."""
    runs = read_contents(organization_id, [run_id])
    if not runs:
        raise RunNotFound(run_id)
    return runs[0]


def list_contents(organization_id: UUID, query: RunQuery) -> tuple[list[RunContents], str | None]:
    """As list_runs, for who makes no views: the page and its next_page_token."""
    found = find_runs(organization_id, query)
    return read_contents(organization_id, found.run_ids), found.next_page_token


def find_latest_metric(organization_id: UUID, run_id: UUID, key: str) -> MetricValue | None:
    row = LatestMetric.objects.filter(organization_id=organization_id, run_id=run_id, key=key).first()
    if row is None:
        return None
    return MetricValue(key, row.value, row.step, row.timestamp_ms, row.minimum, row.maximum, row.count)
