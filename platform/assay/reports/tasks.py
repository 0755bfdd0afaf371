"""Background work of reports."""

from datetime import date
from uuid import UUID

from celery import shared_task

from assay.reports.services import reports


@shared_task(name="reports.send_due_reports", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def send_due_reports() -> None:
    reports.send_due_reports()


@shared_task(name="reports.send_report", soft_time_limit=300, time_limit=330)  # type: ignore[untyped-decorator]  # celery ships no types
def send_report(*, organization_id: str, subscription_id: str, monday: str) -> None:
    reports.send_due_report(UUID(organization_id), UUID(subscription_id), date.fromisoformat(monday))
