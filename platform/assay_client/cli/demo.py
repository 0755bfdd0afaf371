"""`assay demo`: a bill, trainings and a sweep to try Assay with."""

from datetime import UTC, datetime
from pathlib import Path

import click

from assay_client.cli.output import print_facts, print_json
from assay_client.cli.session import json_option
from assay_client.demo.bill import FORMATS, BillOrder, last_complete_months, write_bill


@click.group()
def demo() -> None:
    """Content to try Assay with."""


@demo.command()
@click.option("--rows", type=click.IntRange(min=1), default=100_000, show_default=True, help="Exactly so many charges.")
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the file and manifest.json."
)
@click.option("--format", "file_format", type=click.Choice(list(FORMATS)), default="csv.gz", show_default=True)
@click.option("--months", help="Comma-separated, e.g. 2026-09,2026-10 (default: the last two complete ones).")
@json_option
def bill(*, rows: int, seed: int, out: Path, file_format: str, months: str | None, as_json: bool) -> None:
    """Write a FOCUS 1.2 bill of a cloud that does not exist, by rules that real bills follow."""
    names = tuple(months.split(",")) if months else last_complete_months(datetime.now(UTC))
    manifest = write_bill(BillOrder(rows=rows, seed=seed, months=names), out, file_format=file_format)
    if as_json:
        print_json(manifest)
        return
    print_facts(
        [
            ("file", out / manifest["file"]),
            ("rows", manifest["rows"]),
            ("sha256", manifest["sha256"]),
            *((f"effective cost {month}", f"{told['EffectiveCost']} USD") for month, told in manifest["months"].items()),
        ]
    )
