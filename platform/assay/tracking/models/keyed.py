"""Rows without an id of their own: the key below their owner is what identifies them."""

from django.db import models

from assay.core.tenancy import TenantModel


class KeyedRow(TenantModel):
    """A tenant row whose primary key is composite, declared by its table.

    Its owner's organization is its own, and the owner's row refers to it; to check that again for each of a hundred rows of one
    request would take as long as writing them.
    """

    id = None  # type: ignore[assignment]  # Django's way to drop an inherited field
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


class KeyedText(KeyedRow):
    """One text under a key: a param or a tag."""

    key = models.CharField(max_length=250)
    value = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
