"""Background work of costs; Celery finds the tasks here."""

from assay.costs.tasks.allocation import allocate_import, refresh_run, resume_costs
from assay.costs.tasks.imports import hint_imports, import_bill, poll_source, poll_sources, restore_rollups

__all__ = [
    "allocate_import",
    "hint_imports",
    "import_bill",
    "poll_source",
    "poll_sources",
    "refresh_run",
    "restore_rollups",
    "resume_costs",
]
