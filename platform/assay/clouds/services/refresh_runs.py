"""One refresh from lease to end, whatever it is of."""

from uuid import UUID

import structlog

from assay.clouds.domain.refreshes import RefreshSubject
from assay.clouds.services.inventory import look_at_everything
from assay.clouds.services.refreshes import LeaseLost, end_refresh, give_up_lease, take_lease
from assay.clouds.services.utilization import measure_everything
from assay.core.errors import AssayError

log = structlog.get_logger(__name__)

SUBJECTS = {RefreshSubject.INVENTORY: look_at_everything, RefreshSubject.UTILIZATION: measure_everything}


def run_refresh(organization_id: UUID, refresh_id: UUID) -> None:
    """Go on with a refresh unless another process is at it. Called outside a scope: AWS takes its time."""
    lease = take_lease(organization_id, refresh_id)
    if lease is None:
        return
    try:
        SUBJECTS[lease.subject](lease)
    except LeaseLost:
        log.info("refresh_lost", organization_id=str(organization_id), refresh_id=str(refresh_id), attempt=lease.attempt)
    except AssayError as error:
        end_refresh(lease, message=error.message)
    except Exception as error:
        give_up_lease(lease, message=f"{type(error).__name__}: {error}")
        raise
    else:
        end_refresh(lease)
