"""Background work of bills."""

from uuid import UUID

from celery import shared_task

from assay.core import tenancy
from assay.costs.services import imports, polling, rollups

FOUR_HOURS = 4 * 60 * 60


@shared_task(name="costs.import_bill", time_limit=FOUR_HOURS, soft_time_limit=FOUR_HOURS - 60)  # type: ignore[untyped-decorator]  # celery ships no types
def import_bill(*, organization_id: str) -> None:
    imports.import_bills(UUID(organization_id))


@shared_task(name="costs.hint_imports", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def hint_imports() -> None:
    imports.hint_imports()


@shared_task(name="costs.restore_rollups", time_limit=FOUR_HOURS, soft_time_limit=FOUR_HOURS - 60)  # type: ignore[untyped-decorator]  # celery ships no types
def restore_rollups() -> None:
    for organization_id in tenancy.organization_ids():
        rollups.restore_rollups(organization_id)


@shared_task(name="costs.poll_sources", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def poll_sources() -> None:
    polling.poll_due_sources()


@shared_task(name="costs.poll_source")  # type: ignore[untyped-decorator]  # celery ships no types
def poll_source(*, organization_id: str, source_id: str) -> None:
    polling.poll_source(UUID(organization_id), UUID(source_id))
