"""AWS's Cost and Usage Report, first generation: columns come and go with the month and the account, a column per tag."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assay.costs.domain.aws_line_items import INPUTS, convert_line_items
from assay.costs.domain.aws_names import snake_case
from assay.costs.domain.aws_tags import PREFIX, tags_of_columns
from assay.costs.domain.columns import Column
from assay.costs.domain.formats import Conversion, Detection, FileColumn, Format

MARKS = {"line_item_line_item_type", "line_item_unblended_cost"}
OTHER = {"product", "resource_tags"}
"""Maps, which only the second generation has."""


@dataclass(frozen=True, slots=True)
class LegacyReport:
    name: str = "cur_legacy"
    title: str = "Cost and Usage Report"
    remedy: str = "Export the report with its standard columns."
    merges: bool = True

    def canonical(self, column: str) -> str:
        return snake_case(column)

    def detect(self, columns: Sequence[FileColumn]) -> Detection | None:
        names = {snake_case(column.name) for column in columns}
        if not MARKS & names or OTHER & names:
            return None
        return Detection(len(names & {column.name for column in INPUTS}))

    def inputs(self, columns: Sequence[FileColumn]) -> tuple[Column, ...]:
        names = dict.fromkeys(snake_case(column.name) for column in columns)
        return (*INPUTS, *(Column(name) for name in names if name.startswith(PREFIX)))

    def convert(self, present: Collection[str]) -> Conversion:
        return convert_line_items(present, tags=tags_of_columns(sorted(present)), replaced={})


CUR_LEGACY: Format = LegacyReport()
