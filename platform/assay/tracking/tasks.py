"""Background work of tracking."""

from celery import shared_task

from assay.core import tenancy
from assay.tracking.services import artifacts, merging


@shared_task(name="tracking.merge_segments")  # type: ignore[untyped-decorator]  # celery ships no types
def merge_segments() -> None:
    for organization_id in tenancy.organization_ids():
        merging.merge_waiting(organization_id)


@shared_task(name="tracking.sweep_uploads", soft_time_limit=1_800, time_limit=1_860)  # type: ignore[untyped-decorator]  # celery ships no types
def sweep_uploads() -> None:
    artifacts.sweep_uploads()
