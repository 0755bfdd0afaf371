"""What files become before they enter the ledger."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from assay.core.ids import new_id
from assay.costs.domain.imports import Invariant
from assay.costs.formats.reading import recognize_file
from assay.costs.selectors.engines.duckdb import open_engine
from assay.costs.selectors.lake import scan_sql
from assay.costs.services.staging import Staged, stage_delivery


@dataclass(frozen=True, slots=True)
class Converted:
    """rows: of the ledger, ordered by category, status, billed and effective cost."""

    rows: list[dict[str, Any]]
    staged: Staged

    def sum(self, column: str) -> Decimal:
        return sum((row[column] for row in self.rows if row[column] is not None), Decimal(0))

    def find(self, **values: object) -> list[dict[str, Any]]:
        return [row for row in self.rows if all(row[name] == value for name, value in values.items())]

    def invariant(self, words: str) -> Invariant:
        return next(invariant for invariant in self.staged.invariants if words in invariant.name)

    @property
    def broken(self) -> list[str]:
        return [invariant.name for invariant in self.staged.invariants if not invariant.ok]


def convert(folder: Path, *contents: bytes, currency: str = "", name: str = "bill") -> Converted:
    """contents: the files of one delivery. folder: where they are written."""
    home = Path(mkdtemp(dir=folder))
    files = []
    for number, content in enumerate(contents):
        path = home / str(number)
        path.write_bytes(content)
        files.append(recognize_file(path, name=f"{name}-{number + 1}" if len(contents) > 1 else name))
    staging = home / "staging"
    staging.mkdir()
    staged = stage_delivery(files, import_id=new_id(), currency=currency, folder=staging)
    with open_engine() as connection:
        paths = [str(file.path) for file in staged.files]
        order = "charge_category, commitment_discount_status, billed_cost, effective_cost, resource_id"
        rows = connection.sql(f"SELECT * FROM {scan_sql(paths)} ORDER BY {order}").to_arrow_table().to_pylist()
    return Converted(rows, staged)
