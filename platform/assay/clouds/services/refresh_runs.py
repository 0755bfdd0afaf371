"""One refresh from lease to end, whatever it is of."""

from uuid import UUID

import structlog

from assay.clouds.domain.refreshes import RefreshSubject
from assay.clouds.services.inventory import look_at_everything
from assay.clouds.services.refreshes import (
    Lease,
    LeaseLost,
    Paused,
    end_refresh,
    note_defect,
    pause,
    request_first_measurement,
    take_lease,
)
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
        _look(lease)
    except LeaseLost:
        log.info("refresh_lost", organization_id=str(organization_id), refresh_id=str(refresh_id), attempt=lease.attempt)
    except Paused:
        pause(lease)
    except Exception as error:
        note_defect(lease, message=f"{type(error).__name__}: {error}")
        raise


def _look(lease: Lease) -> None:
    """raises: LeaseLost, Paused."""
    try:
        SUBJECTS[lease.subject](lease)
    except AssayError as error:
        end_refresh(lease, message=error.message)
        return
    end_refresh(lease)
    if lease.subject is RefreshSubject.INVENTORY:
        request_first_measurement(lease)
