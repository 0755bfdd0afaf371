from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "assay.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assay.core import grants

        # Sent once per app with models when all have migrated; one of them is enough.
        post_migrate.connect(
            grants.grant_to_application, sender=apps.get_app_config("contenttypes"), dispatch_uid="assay-grants"
        )
