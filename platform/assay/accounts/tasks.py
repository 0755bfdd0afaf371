"""Background work of accounts: mail."""

from uuid import UUID

from celery import shared_task

from assay.accounts.services import delivery


@shared_task(name="accounts.send_message", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def send_message(*, organization_id: str, message_id: str) -> None:
    delivery.send_message(UUID(organization_id), UUID(message_id))


@shared_task(name="accounts.send_waiting_messages", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def send_waiting_messages() -> None:
    delivery.send_waiting_messages()
