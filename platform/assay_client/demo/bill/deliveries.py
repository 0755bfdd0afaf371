"""Writes a bill and its manifest."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypedDict

from assay_client import __version__
from assay_client.demo.bill.columns import NOTHING, Costs, Row
from assay_client.demo.bill.generation import EXACT, BillOrder, Plan, generate_charges, plan_bill
from assay_client.demo.bill.writing import write_csv, write_csv_gz, write_parquet
from assay_client.failures import ClientFailed

FORMATS: Mapping[str, Callable[[Iterable[Row], Path], None]] = {
    "csv": write_csv,
    "csv.gz": write_csv_gz,
    "parquet": write_parquet,
}


class Manifest(TypedDict):
    """months: per month its rows and the exact sums of the four costs, as text."""

    file: str
    rows: int
    sha256: str
    currency: str
    seed: int
    version: str
    months: dict[str, dict[str, str | int]]


class Tally:
    """Counts and sums what passes through."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.rows = {month.name: 0 for month in plan.months}
        self.sums = {month.name: NOTHING for month in plan.months}

    def passing(self) -> Iterator[Row]:
        for month, charge in generate_charges(self._plan):
            self.rows[month.name] += 1
            self.sums[month.name] = _added(self.sums[month.name], charge.costs)
            yield charge.row

    def months(self) -> dict[str, dict[str, str | int]]:
        return {name: {"rows": self.rows[name], **self.sums[name].texts()} for name in self.rows}


def write_bill(order: BillOrder, folder: Path, *, file_format: str = "csv.gz") -> Manifest:
    """Writes the file and manifest.json beside it. raises: ClientFailed when the order or the folder will not do."""
    tally = Tally(plan_bill(order))
    path = folder / f"focus-demo-{'_'.join(order.months)}.{file_format}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        FORMATS[file_format](tally.passing(), path)
        manifest: Manifest = {
            "file": path.name,
            "rows": sum(tally.rows.values()),
            "sha256": _digest(path),
            "currency": "USD",
            "seed": order.seed,
            "version": __version__,
            "months": tally.months(),
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ClientFailed(f"The bill could not be written to {folder}: {error.strerror}.") from error
    return manifest


def _added(one: Costs, other: Costs) -> Costs:
    add = EXACT.add
    return Costs(
        billed=add(one.billed, other.billed),
        contracted=add(one.contracted, other.contracted),
        effective=add(one.effective, other.effective),
        list=add(one.list, other.list),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
