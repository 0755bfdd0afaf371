"""Background work of costs; Celery finds the tasks here."""

from assay.costs.tasks.imports import hint_imports, import_bill

__all__ = ["hint_imports", "import_bill"]
