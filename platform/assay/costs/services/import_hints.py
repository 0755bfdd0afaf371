"""The message that tells a worker to import what waits."""

from uuid import UUID

from assay.core.deferral import defer

TASK = "costs.import_bill"
QUEUE = "bills"
"""One worker takes imports one after another, so that a large bill holds up nothing else."""


def hint_import(organization_id: UUID) -> None:
    defer(TASK, queue=QUEUE, organization_id=str(organization_id))
