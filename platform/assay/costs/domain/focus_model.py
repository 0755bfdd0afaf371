"""FOCUS as its own model tells it: columns, types, levels and allowed values of each version.

The model is the FinOps Foundation's (CC-BY-4.0), carried by the package focus-data-toolkit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from focus_data_toolkit.model import load_model
from focus_data_toolkit.schema.registry import REMOVED_COLUMNS

DATASET = "Cost and Usage"
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4")


class Level(StrEnum):
    MANDATORY = "Mandatory"
    CONDITIONAL = "Conditional"
    RECOMMENDED = "Recommended"


@dataclass(frozen=True, slots=True)
class FocusColumn:
    """type: String, Decimal, Date/Time or JSON. format: what values look like: Key-Value, Currency, Allowed Values …

    level, nullable, allowed: as of 1.4, or of the last version that has the column. allowed: empty where any value is.
    since, until: the first version that has it, and the first that has it no more.
    """

    name: str
    type: str
    format: str
    level: Level
    nullable: bool
    allowed: tuple[str, ...]
    since: str
    until: str = ""

    def is_in(self, version: str) -> bool:
        return _order(self.since) <= _order(version) and not (self.until and _order(version) >= _order(self.until))


@cache
def focus_columns() -> Mapping[str, FocusColumn]:
    """Every column of any version, by name."""
    columns: dict[str, FocusColumn] = {}
    for name, told in load_model()["datasets"][DATASET]["columns"].items():
        columns[name] = _read(name, told)
    for name, (since, until, _) in REMOVED_COLUMNS[DATASET].items():
        columns[name] = FocusColumn(name, "String", "String", Level.MANDATORY, False, (), since, until)
    return columns


def columns_of(version: str) -> tuple[str, ...]:
    """Names in order."""
    return tuple(sorted(name for name, column in focus_columns().items() if column.is_in(version)))


def newest_version(names: set[str]) -> str:
    """Of a file with these columns: the version that brought the newest of them."""
    since = [column.since for name, column in focus_columns().items() if name in names]
    return max((*since, VERSIONS[0]), key=_order)


def subcategory_parents() -> Mapping[str, str]:
    """ServiceSubcategory → its ServiceCategory."""
    parents: Mapping[str, str] = load_model()["service_subcategory_parents"]
    return parents


def _read(name: str, told: Mapping[str, Any]) -> FocusColumn:
    return FocusColumn(
        name=name,
        type=told["data_type"],
        format=told["value_format"],
        level=Level(told["feature_level"]),
        nullable=told["allows_nulls"],
        allowed=tuple(told["allowed_values"] or ()),
        since=told["version"],
    )


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
