"""Background work of the registry: webhooks."""

from uuid import UUID

from celery import shared_task

from assay.registry.services import deliveries


@shared_task(name="registry.deliver_webhook", soft_time_limit=60, time_limit=90)  # type: ignore[untyped-decorator]  # celery ships no types
def deliver_webhook(*, organization_id: str, delivery_id: str) -> None:
    deliveries.deliver_webhook(UUID(organization_id), UUID(delivery_id))


@shared_task(name="registry.deliver_waiting_webhooks", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def deliver_waiting_webhooks() -> None:
    deliveries.deliver_waiting_webhooks()


@shared_task(name="registry.forget_old_deliveries", soft_time_limit=300, time_limit=360)  # type: ignore[untyped-decorator]  # celery ships no types
def forget_old_deliveries() -> None:
    deliveries.forget_old_deliveries()
