"""The operations of /api/v1 as its own OpenAPI document lists them, and a least body for each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assay.api import ROUTERS, build_api

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """path: with `{name}` parameters. body: JSON that passes validation, or empty. query: the parameters it asks for."""

    method: str
    path: str
    parameters: tuple[str, ...]
    query: dict[str, str]
    body: str

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, value: UUID | str) -> str:
        """The path with every parameter set to one value."""
        return self.path.format(**dict.fromkeys(self.parameters, value))


def operations() -> list[Operation]:
    schema: dict[str, Any] = build_api(ROUTERS).get_openapi_schema(path_prefix="/api/v1/")
    return list(_read(schema))


def _read(schema: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method not in methods:
                continue
            operation = methods[method]
            given = operation.get("parameters", [])
            yield Operation(
                method=method.upper(),
                path=path,
                parameters=tuple(item["name"] for item in given if item["in"] == "path"),
                query={
                    item["name"]: str(_example(item["schema"], schema))
                    for item in given
                    if item["in"] == "query" and item.get("required")
                },
                body=_body(operation, schema),
            )


def _body(operation: dict[str, Any], schema: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return json.dumps(_example(content["schema"], schema)) if content else ""


def _example(kind: dict[str, Any], schema: dict[str, Any]) -> Any:
    """A least value of a JSON schema."""
    if "$ref" in kind:
        return _example(schema["components"]["schemas"][kind["$ref"].rsplit("/", 1)[1]], schema)
    if "anyOf" in kind or "allOf" in kind:
        return _example((kind.get("anyOf") or kind["allOf"])[0], schema)
    if "enum" in kind:
        return kind["enum"][0]
    if kind.get("type") == "object":
        return {name: _example(kind["properties"][name], schema) for name in kind.get("required", [])}
    if kind.get("type") == "array":
        return [_example(kind["items"], schema)] * kind.get("minItems", 0)
    return _plain(kind)


def _plain(kind: dict[str, Any]) -> Any:
    formats = {
        "uuid": "01890000-0000-7000-8000-000000000000",
        "date-time": "2036-01-01T00:00:00Z",
        "date": "2036-01-01",
    }
    values = {
        "integer": kind.get("minimum", 1),
        "number": 1,
        "boolean": False,
        "string": formats.get(kind.get("format", ""), "x"),
    }
    return values[kind["type"]]
