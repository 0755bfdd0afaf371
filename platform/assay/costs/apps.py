from django.apps import AppConfig

from assay.core.signals import bill_imported, run_changed


class CostsConfig(AppConfig):
    name = "assay.costs"
    label = "costs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assay.costs.services import receivers

        run_changed.connect(receivers.refresh_changed_run, dispatch_uid="costs.refresh_changed_run")
        bill_imported.connect(receivers.allocate_imported_bill, dispatch_uid="costs.allocate_imported_bill")
