"""One row of every tenant table, made from the models alone, so that a new table is covered on the day it is added."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from assay.accounts.models import Organization, User
from assay.core import tenancy
from assay.core.ids import new_id
from assay.core.tenancy import TenantModel

PARTICULARS: dict[str, dict[str, Any]] = {
    "clouds.CloudResource": {"kind": "address", "details": {"public_ip": "192.0.2.1"}},
    "costs.RunCost": {"kind": "estimate", "billing_period": "", "resource_id": ""},
    "recommendations.Finding": {
        "kind": "instance",
        "document": {
            "reason": "",
            "evidence": [],
            "choices": [],
            "remedy": {"command": "", "terraform": "", "console": ""},
        },
    },
    "costs.ResourceCost": {"total": Decimal(1), "runs": Decimal(1), "idle": Decimal(0)},
}
"""Values that a table's own constraints ask for, by model label."""

# Later fields get later times, as an end comes after its start.
VALUES: dict[type, Callable[[Any], Any]] = {
    models.UUIDField: lambda field: new_id(),
    models.DateTimeField: lambda field: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=field.creation_counter),
    models.DateField: lambda field: date(2026, 3, 1) + timedelta(days=field.creation_counter),
    models.DecimalField: lambda field: Decimal(1),
    models.FloatField: lambda field: 1.0,
    models.IntegerField: lambda field: 1,
    models.BooleanField: lambda field: True,
    models.JSONField: lambda field: {},
    models.BinaryField: lambda field: b"x",
    ArrayField: lambda field: [],
    models.TextField: lambda field: new_id().hex,
    models.CharField: lambda field: new_id().hex[-(field.max_length or 32) :],
}


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models(include_auto_created=True) if issubclass(model, TenantModel)]


def fill_every_table(organization: Organization) -> dict[type[models.Model], models.Model]:
    """model → its row; rows refer to each other and to a new member of the organization."""
    made: dict[type[models.Model], models.Model] = {
        Organization: organization,
        User: User.objects.create_user(f"{new_id().hex}@example.com", "long enough pass"),
    }
    with tenancy.scope(organization.id):
        for model in tenant_models():
            _make(model, made)
    return made


def _make(model: type[models.Model], made: dict[type[models.Model], models.Model]) -> models.Model:
    if model not in made:
        values = {field.name: _value(field, made) for field in model._meta.concrete_fields if _is_needed(field)}
        row = model(**(values | _allowed(model) | PARTICULARS.get(model._meta.label, {})))
        row.save(force_insert=True)
        made[model] = row
    return made[model]


def _allowed(model: type[models.Model]) -> dict[str, Any]:
    """The first value of each field that a constraint limits to a list."""
    limits = [constraint.condition for constraint in model._meta.constraints if isinstance(constraint, models.CheckConstraint)]
    pairs = [limit.children[0] for limit in limits if isinstance(limit, models.Q) and len(limit.children) == 1]
    return {
        pair[0].removesuffix("__in"): next(iter(pair[1]))
        for pair in pairs
        if isinstance(pair, tuple)
        and pair[0].endswith("__in")
        and _is_needed(model._meta.get_field(pair[0].removesuffix("__in")))
    }


def _is_needed(field: Any) -> bool:  # Django's fields have no common type that says all this
    return not (field.has_default() or field.null or field.auto_created or field.generated)


def _value(field: Any, made: dict[type[models.Model], models.Model]) -> Any:
    if isinstance(field, models.ForeignKey):
        return _make(field.related_model, made)
    if field.choices:
        return field.choices[0][0]
    kind = next(kind for kind in type(field).__mro__ if kind in VALUES)
    return VALUES[kind](field)
