"""`assay costs export`: charges as a FOCUS file."""

from datetime import datetime
from pathlib import Path

import click

from assay_client.cli.cost_questions import FILTER_HELP, days, days_options
from assay_client.cli.output import say
from assay_client.cli.session import connect
from assay_client.server import Params

KINDS = ("csv", "csv.gz", "parquet")


@click.command()
@click.option("--format", "focus", type=click.Choice(["focus-1.2", "focus-1.4"]), default="focus-1.2", show_default=True)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="FILE.csv, FILE.csv.gz or FILE.parquet.",
)
@click.option("--filter", "condition", default="", help=FILTER_HELP)
@click.option("--escape", is_flag=True, help="For spreadsheets: an apostrophe before texts that are formulas (CSV).")
@days_options
def export(focus: str, out: Path, condition: str, *, escape: bool, start: datetime | None, end: datetime | None) -> None:
    """Write charges as a FOCUS file, which can be imported again: the same ledger comes of it."""
    kind = next((kind for kind in KINDS if out.name.lower().endswith(f".{kind}")), None)
    if kind is None:
        raise click.BadParameter("end the name with .csv, .csv.gz or .parquet.", param_hint="--out")
    asked: Params = {"format": focus, "file": kind, "filter": condition, "texts": "escaped" if escape else ""}
    params = {name: value for name, value in asked.items() if value} | days(start, end)
    size_bytes = connect().save("costs", "export", params=params, target=out)
    say(f"Wrote {out} ({size_bytes:,} bytes).")
