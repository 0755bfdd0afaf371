"""What costs does when it hears of a run or a bill: it leaves the work to a task."""

from uuid import UUID

from assay.core.deferral import defer


def refresh_changed_run(*, organization_id: UUID, run_id: UUID, **_: object) -> None:
    """Connected to core.signals.run_changed."""
    defer("costs.refresh_run", organization_id=str(organization_id), run_id=str(run_id))


def allocate_imported_bill(*, organization_id: UUID, import_id: UUID, **_: object) -> None:
    """Connected to core.signals.bill_imported."""
    defer("costs.allocate_import", organization_id=str(organization_id), import_id=str(import_id))
