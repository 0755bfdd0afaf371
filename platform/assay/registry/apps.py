from django.apps import AppConfig

from assay.core.signals import findings_opened


class RegistryConfig(AppConfig):
    name = "assay.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assay.registry.services import receivers

        findings_opened.connect(receivers.announce_findings, dispatch_uid="registry.announce_findings")
