from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.registry.domain.names import ALIAS_LENGTH, NAME_LENGTH
from assay.registry.domain.stages import Stage


class RegisteredModel(TenantModel):
    """A name that versions are kept under. team: whose it is; None for everybody's.

    last_number: the highest version ever given, so none is given twice.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.TextField(blank=True)
    last_number = models.IntegerField(default=0)
    registered_by = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="registered_model_name_unique")]

    def __str__(self) -> str:
        return self.name


class ModelVersion(TenantModel):
    """One registered state of a model. run_reference: the run as the client named it, which may be another server's."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField()
    stage = models.CharField(max_length=10, default=Stage.NONE)
    description = models.TextField(blank=True)
    source = models.TextField()
    location = models.TextField()
    run_reference = models.CharField(max_length=256, blank=True)
    run = models.ForeignKey("tracking.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    run_link = models.TextField(blank=True)
    logged_model = models.ForeignKey("tracking.LoggedModel", on_delete=models.SET_NULL, null=True, related_name="+")
    registered_by = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="model_version_number_once"),
            models.CheckConstraint(condition=models.Q(stage__in=list(Stage)), name="model_version_stage_known"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="model_version_number_positive"),
        ]
        indexes = [models.Index(fields=["organization", "-updated_at"], name="model_version_newest")]

    def __str__(self) -> str:
        return f"version {self.number}"


class RegisteredModelTag(TenantModel):
    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="tags", db_index=False)
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="registered_model_tag_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class ModelVersionTag(TenantModel):
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="tags", db_index=False)
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="model_version_tag_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class ModelAlias(TenantModel):
    """A name that points at one version of its model, and may be moved."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="aliases", db_index=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=ALIAS_LENGTH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "alias"], name="model_alias_once")]

    def __str__(self) -> str:
        return self.alias
