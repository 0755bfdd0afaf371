"""FOCUS 1.0 to 1.3, and the columns of 1.4."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.costs.domain.columns import FOCUS_COLUMNS, Column
from assay.costs.domain.formats import FileColumn, Format


@dataclass(frozen=True, slots=True)
class Focus:
    name: str = "focus"
    title: str = "FOCUS"
    remedy: str = "Export the bill as FOCUS 1.0 or later."

    def inputs(self, columns: Sequence[FileColumn]) -> tuple[Column, ...]:
        return FOCUS_COLUMNS


FOCUS: Format = Focus()
