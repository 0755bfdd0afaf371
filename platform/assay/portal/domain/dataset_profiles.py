"""What clients say about a dataset, as a table of columns and a list of facts; anything that is not understood stays text."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assay.portal.domain.numbers import format_metric

MOST_COLUMNS = 200
LONGEST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class SchemaColumn:
    name: str
    type: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """columns_left_out: of the schema, beyond what is shown. text: the schema when it is no list of columns."""

    columns: tuple[SchemaColumn, ...] = ()
    columns_left_out: int = 0
    facts: tuple[tuple[str, str], ...] = ()
    text: str = ""


def read_profile(schema: str | None, profile: str | None) -> Profile:
    columns = _read_columns(_parse(schema))
    return Profile(
        columns=tuple(columns[:MOST_COLUMNS]),
        columns_left_out=max(0, len(columns) - MOST_COLUMNS),
        facts=tuple(_read_facts(_parse(profile))),
        text="" if columns or not schema else schema[:LONGEST_TEXT],
    )


def _parse(text: str | None) -> Any:  # JSON of clients: anything
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _read_columns(schema: Any) -> list[SchemaColumn]:
    """MLflow writes `{"mlflow_colspec": [{"type", "name", "required"}]}`, or of arrays `{"mlflow_tensorspec": {part: JSON}}`."""
    if isinstance(schema, Mapping) and isinstance(schema.get("mlflow_tensorspec"), Mapping):
        return list(_read_tensors(schema["mlflow_tensorspec"]))
    found = schema.get("mlflow_colspec") if isinstance(schema, Mapping) else None
    if not isinstance(found, list):
        return []
    columns = [one for one in found if isinstance(one, Mapping)]
    return [
        SchemaColumn(str(one.get("name", place)), str(one.get("type", "")), bool(one.get("required", True)))
        for place, one in enumerate(columns)
    ]


def _read_tensors(parts: Mapping[str, Any]) -> Iterator[SchemaColumn]:
    """part: features or targets. JSON: `[{"name", "type": "tensor", "tensor-spec": {"dtype", "shape"}}]`."""
    for part, text in parts.items():
        tensors = _parse(text) if isinstance(text, str) else text
        for tensor in tensors if isinstance(tensors, list) else ():
            spec = tensor.get("tensor-spec") if isinstance(tensor, Mapping) else None
            if isinstance(spec, Mapping):
                yield SchemaColumn(
                    str(tensor.get("name", part)), f"{spec.get('dtype', '')} {spec.get('shape', '')}".strip(), True
                )


def _read_facts(profile: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(profile, Mapping):
        return
    for name, value in list(profile.items())[:MOST_COLUMNS]:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        yield str(name).replace("_", " "), format_metric(float(value)) if is_number else _shorten(value)


def _shorten(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 200 else f"{text[:199]}…"
