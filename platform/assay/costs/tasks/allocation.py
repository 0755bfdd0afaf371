"""Dollars on runs, in the background."""

from uuid import UUID

from celery import shared_task

from assay.core import tenancy
from assay.costs.services import allocation, backlogs, uses


@shared_task(name="costs.refresh_run")  # type: ignore[untyped-decorator]  # celery ships no types
def refresh_run(*, organization_id: str, run_id: str) -> None:
    with tenancy.scope(UUID(organization_id)):
        uses.refresh_run(UUID(organization_id), UUID(run_id))


@shared_task(name="costs.allocate_import")  # type: ignore[untyped-decorator]  # celery ships no types
def allocate_import(*, organization_id: str, import_id: str) -> None:
    with tenancy.scope(UUID(organization_id)):
        allocation.allocate_import(UUID(organization_id), UUID(import_id))


@shared_task(name="costs.resume_costs")  # type: ignore[untyped-decorator]  # celery ships no types
def resume_costs() -> None:
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            backlogs.resume_costs(organization_id)
