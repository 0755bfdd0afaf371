"""Background work of tracking."""

from celery import shared_task

from assay.core import tenancy
from assay.tracking.services import artifacts, liveness, merging, purges


@shared_task(name="tracking.mark_lost_runs", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def mark_lost_runs() -> None:
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            liveness.mark_lost_runs(organization_id)


@shared_task(name="tracking.purge_deleted")  # type: ignore[untyped-decorator]  # celery ships no types
def purge_deleted() -> None:
    purges.purge_due()


@shared_task(name="tracking.merge_segments")  # type: ignore[untyped-decorator]  # celery ships no types
def merge_segments() -> None:
    for organization_id in tenancy.organization_ids():
        merging.merge_waiting(organization_id)


@shared_task(name="tracking.sweep_uploads", soft_time_limit=1_800, time_limit=1_860)  # type: ignore[untyped-decorator]  # celery ships no types
def sweep_uploads() -> None:
    artifacts.sweep_uploads()
