from uuid import UUID

from celery import shared_task

from assay.core import tenancy
from assay.tuning.services import advancing


@shared_task(name="tuning.advance_sweeps", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def advance_sweeps() -> None:
    advancing.advance_open_sweeps()


@shared_task(name="tuning.advance_sweep", soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]  # celery ships no types
def advance_sweep(*, organization_id: str, sweep_id: str) -> None:
    with tenancy.scope(UUID(organization_id)):
        advancing.advance_sweep(UUID(organization_id), UUID(sweep_id))
