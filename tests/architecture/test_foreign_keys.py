"""Relations by label leave no import, so import-linter cannot see them: hold them to the same stack."""

from django.apps import apps
from django.db.models import ForeignObject, Model

from tests.architecture.tree import STACK

LEVEL = {app: level for level, names in enumerate(STACK) for app in names}


def test_relations_point_down_the_stack() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field, target in _relations(model)
        if _is_upward(model._meta.app_label, target._meta.app_label)
    ]
    assert not upward, "\n".join(upward)


def _relations(model: type[Model]) -> list[tuple[ForeignObject, type[Model]]]:  # type: ignore[type-arg]
    fields = [field for field in model._meta.get_fields() if isinstance(field, ForeignObject)]
    return [(field, field.related_model) for field in fields]


def _is_upward(here: str, there: str) -> bool:
    return here != there and here in LEVEL and there in LEVEL and LEVEL[there] >= LEVEL[here]
