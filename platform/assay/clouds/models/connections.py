"""How Assay reaches the clouds of organizations."""

from django.db import models

from assay.accounts.domain.secrets import make_secret
from assay.core.clock import now
from assay.core.tenancy import TenantModel


class AwsConnection(TenantModel):
    """A role in an AWS account that Assay assumes.

    external_id: made here; without it AWS refuses the role to Assay, so that no other tenant can name it.
    checks: `{permission, ok, detail, at}` of the last test of each permission. member_role: name of the role that Assay assumes, from this
    one, in every other account of the AWS organization; empty for this account alone. regions: the only ones to look at; empty for all
    that the account has opted into.
    """

    name = models.CharField(max_length=200)
    role_arn = models.CharField(max_length=2048)
    external_id = models.CharField(max_length=64, default=make_secret)
    region = models.CharField(max_length=32, blank=True, default="")
    checks = models.JSONField(default=list)
    member_role = models.CharField(max_length=64, blank=True, default="")
    regions = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="aws_connection_name_unique")]

    def __str__(self) -> str:
        return self.name
