"""Background work of clouds."""

from uuid import UUID

from celery import shared_task

from assay.clouds.domain.refreshes import RefreshSubject
from assay.clouds.services import refresh_runs, refreshes

FOUR_HOURS = 4 * 60 * 60


@shared_task(name="clouds.run_refresh", time_limit=FOUR_HOURS, soft_time_limit=FOUR_HOURS - 60)  # type: ignore[untyped-decorator]  # celery ships no types
def run_refresh(*, organization_id: str, refresh_id: str) -> None:
    refresh_runs.run_refresh(UUID(organization_id), UUID(refresh_id))


@shared_task(name="clouds.refresh_inventories")  # type: ignore[untyped-decorator]  # celery ships no types
def refresh_inventories() -> None:
    refreshes.request_due(RefreshSubject.INVENTORY)


@shared_task(name="clouds.refresh_utilization")  # type: ignore[untyped-decorator]  # celery ships no types
def refresh_utilization() -> None:
    refreshes.request_due(RefreshSubject.UTILIZATION)


@shared_task(name="clouds.hint_refreshes")  # type: ignore[untyped-decorator]  # celery ships no types
def hint_refreshes() -> None:
    refreshes.hint_refreshes()
