"""The state of a table, as it stands in its URL."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """key: its name in the URL. pinned: cannot be hidden. first_descending: what a first click on the header sorts.

    kind: whose key it shows, empty for the table's own columns.
    """

    key: str
    label: str
    numeric: bool = False
    sortable: bool = True
    pinned: bool = False
    first_descending: bool = False
    hint: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    key: str
    descending: bool

    @property
    def token(self) -> str:
        return f"-{self.key}" if self.descending else self.key


@dataclass(frozen=True, slots=True)
class Table:
    """columns: those shown, in order. offered: all that may be chosen. sort: None keeps the selector's own order."""

    columns: tuple[Column, ...]
    offered: tuple[Column, ...]
    sort: Sort | None

    def next_sort(self, column: Column) -> Sort:
        """What a click on the column's header sorts by."""
        if self.sort is not None and self.sort.key == column.key:
            return Sort(column.key, descending=not self.sort.descending)
        return Sort(column.key, descending=column.first_descending)


def read_sort(token: str, columns: Sequence[Column], *, default: str = "") -> Sort | None:
    """`-cost` → cost, largest first; an unknown or unsortable key falls back to the default."""
    sortable = {column.key for column in columns if column.sortable}
    for candidate in (token, default):
        key = candidate.removeprefix("-")
        if key in sortable:
            return Sort(key, descending=candidate.startswith("-"))
    return None


def choose_columns(offered: Sequence[Column], chosen: Sequence[str], *, default: Sequence[str]) -> tuple[Column, ...]:
    """Pinned columns first in their order, then those chosen; the default choice when none of the chosen exists."""
    known = {column.key for column in offered}
    keys = {key for key in chosen if key in known} or set(default)
    return tuple(column for column in offered if column.pinned or column.key in keys)
