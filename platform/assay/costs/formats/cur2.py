"""AWS's Cost and Usage Report 2.0, of Data Exports: one schema, with maps of products' attributes and of tags."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assay.costs.domain.aws_line_items import INPUTS, convert_line_items
from assay.costs.domain.aws_names import snake_case
from assay.costs.domain.aws_tags import tags_of_map
from assay.costs.domain.columns import Column, Kind
from assay.costs.domain.formats import Conversion, Detection, FileColumn, Format

MARKS = {"line_item_line_item_type", "line_item_unblended_cost"}
MAPS = (Column("product", Kind.TAGS), Column("resource_tags", Kind.TAGS))


@dataclass(frozen=True, slots=True)
class Report2:
    name: str = "cur2"
    title: str = "Cost and Usage Report 2.0"
    remedy: str = "Export the table with its standard columns."
    merges: bool = True

    def canonical(self, column: str) -> str:
        return snake_case(column)

    def detect(self, columns: Sequence[FileColumn]) -> Detection | None:
        names = {snake_case(column.name) for column in columns}
        if not MARKS & names or not {column.name for column in MAPS} & names:
            return None
        return Detection(len(names & {column.name for column in (*INPUTS, *MAPS)}), version="2.0")

    def inputs(self, columns: Sequence[FileColumn]) -> tuple[Column, ...]:
        return (*INPUTS, *MAPS)

    def convert(self, present: Collection[str]) -> Conversion:
        tags = tags_of_map("resource_tags") if "resource_tags" in present else "CAST(NULL AS VARCHAR)"
        replaced = {"service_name": f"coalesce({_attribute('product_name')}, line_item_product_code, 'AWS')"}
        return convert_line_items(present, tags=tags, replaced=replaced if "product" in present else {})


def _attribute(name: str) -> str:
    return f"json_extract_string(product, '$.{name}')"


CUR2: Format = Report2()
