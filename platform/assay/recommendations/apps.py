from django.apps import AppConfig

from assay.core.signals import bill_imported


class RecommendationsConfig(AppConfig):
    name = "assay.recommendations"
    label = "recommendations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assay.recommendations.services import receivers

        bill_imported.connect(receivers.verify_after_import, dispatch_uid="recommendations.verify_after_import")
