"""The worked table of docs/algorithms/amortisation.md is what the conversion does."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

from assay.costs.domain.aws_line_items import INPUTS
from tests.factories import aws_bills
from tests.factories.conversions import convert

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "amortisation.md"
GROUPS = ("line_item_", "reservation_", "savings_plan_", "pricing_")
NAMES = {column.name for column in INPUTS}

Row = list[str]


def _read_table() -> list[Row]:
    lines = PAGE.read_text().split("## Worked table")[1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]


def _make_line(kind: str, columns: str) -> dict[str, str | None]:
    """Values have _ for a space. A reservation's and a plan's columns differ only in names that no other group has."""
    values = {}
    for pair in columns.split():
        name, value = pair.split("=")
        groups = ("reservation_",) if kind in {"RIFee", "DiscountedUsage"} else ("savings_plan_",)
        order = (*groups, "line_item_", "pricing_", "reservation_", "savings_plan_")
        values[next(group + name for group in order if group + name in NAMES)] = value.replace("_", " ")
    cost = values.pop("line_item_unblended_cost") or ""
    return aws_bills.make_fee(kind, cost, **values)


def test_the_worked_table_is_what_an_import_does(tmp_path: Path) -> None:
    table = _read_table()
    lines = [_make_line(row[0], row[1]) for row in table if row[0]]
    expected = [(row[2], *map(Decimal, row[3:])) for row in table if row[2]]
    done = convert(tmp_path, aws_bills.write_legacy_csv(lines))
    found = [
        (
            ", ".join(filter(None, (row["charge_category"], row["commitment_discount_status"]))),
            *(row[name] for name in ("billed_cost", "effective_cost", "contracted_cost", "list_cost")),
        )
        for row in done.rows
    ]
    assert Counter(found) == Counter(expected)
    assert len(lines) == 18
