"""Charges as a FOCUS file: versions, kinds of files, and how custom columns are named and ordered."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

CUSTOM = "x_"
"""What the names of columns begin with that FOCUS does not know."""


class FocusFormat(StrEnum):
    FOCUS_1_2 = "focus-1.2"
    FOCUS_1_4 = "focus-1.4"

    @property
    def version(self) -> str:
        return self.value.removeprefix("focus-")


class ExportKind(StrEnum):
    CSV = "csv"
    CSV_GZ = "csv.gz"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        kinds = {ExportKind.CSV: "text/csv; charset=utf-8", ExportKind.CSV_GZ: "application/gzip"}
        return kinds.get(self, "application/vnd.apache.parquet")


class Texts(StrEnum):
    """EXACT: as the ledger has them, for programs. ESCAPED: so that a spreadsheet calculates none of them; of CSV alone."""

    EXACT = "exact"
    ESCAPED = "escaped"


def name_custom(keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Column of the file → keys of custom columns that it takes, the first that has a value counts.

    Names that differ by case or by the prefix alone are one column: a reader of the file could not tell them apart.
    """
    named: dict[str, tuple[str, list[str]]] = {}
    for key in keys:
        name = key if key.lower().startswith(CUSTOM) else f"{CUSTOM}{key}"
        named.setdefault(name.lower(), (name, []))[1].append(key)
    return {name: tuple(taken) for name, taken in named.values()}


def order_keys(rows: Iterable[Sequence[str]]) -> list[str]:
    """All keys, in the order that each row has its own in; by name where rows contradict each other."""
    followers: dict[str, set[str]] = {}
    for row in rows:
        for key in row:
            followers.setdefault(key, set())
        for first, second in pairwise(row):
            followers[second].add(first)
    sorter = TopologicalSorter({key: sorted(before) for key, before in sorted(followers.items())})
    try:
        return list(sorter.static_order())
    except CycleError:
        return sorted(followers)
