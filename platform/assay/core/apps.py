from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "assay.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assay.core import grants  # noqa: PLC0415  models are ready only now

        post_migrate.connect(grants.grant_to_application, sender=self, dispatch_uid="assay-grants")
