"""Background work of recommendations; Celery finds the tasks here."""

from uuid import UUID

from celery import shared_task

from assay.core import tenancy
from assay.recommendations.services import running, verification

HALF_AN_HOUR = 30 * 60


@shared_task(name="recommendations.run_check", soft_time_limit=HALF_AN_HOUR, time_limit=HALF_AN_HOUR + 60)  # type: ignore[untyped-decorator]  # celery ships no types
def run_check(*, organization_id: str, result_id: str) -> None:
    running.run_check(UUID(organization_id), UUID(result_id))


@shared_task(name="recommendations.resume_checks")  # type: ignore[untyped-decorator]  # celery ships no types
def resume_checks() -> None:
    running.resume_checks()


@shared_task(name="recommendations.verify_savings")  # type: ignore[untyped-decorator]  # celery ships no types
def verify_savings(*, organization_id: str) -> None:
    with tenancy.scope(UUID(organization_id)):
        verification.verify_savings(UUID(organization_id))


@shared_task(name="recommendations.verify_all_savings")  # type: ignore[untyped-decorator]  # celery ships no types
def verify_all_savings() -> None:
    for organization_id in tenancy.organization_ids():
        with tenancy.scope(organization_id):
            verification.verify_savings(organization_id)
