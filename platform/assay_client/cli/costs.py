"""`assay costs`: bills in, figures out."""

from datetime import datetime
from pathlib import Path

import click

from assay_client.cli.cost_questions import charges, days, days_options, explain, show
from assay_client.cli.output import Column, field, money_of, print_facts, print_json, print_table
from assay_client.cli.session import connect, json_option
from assay_client.imports import import_bill

RESOURCE_COLUMNS = (
    field("resource", "resource_id"),
    Column("total", lambda item: money_of(item.get("total")), right=True),
    Column("runs", lambda item: money_of(item.get("runs")), right=True),
    Column("idle", lambda item: money_of(item.get("idle")), right=True),
)


@click.group()
def costs() -> None:
    """The cloud bill."""


@costs.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--source", default="upload", show_default=True, help="Name of the billing source that the file belongs to.")
@click.option(
    "--timeout", "timeout_seconds", default=1800, show_default=True, help="Seconds to wait for the end of the import."
)
@json_option
def import_(file: Path, source: str, timeout_seconds: int, as_json: bool) -> None:
    """Import a FOCUS bill (CSV, CSV.gz, Parquet) and wait until it is read.

    The file replaces its billing periods of the source; the same file again changes nothing.
    """
    done = import_bill(connect(), file, source=source, timeout_seconds=timeout_seconds)
    if as_json:
        print_json(done)
        return
    print_facts(
        [
            ("import", done.get("id")),
            ("state", done.get("state")),
            ("billing periods", ", ".join(map(str, done.get("billing_periods") or []))),
            ("rows", done.get("rows")),
            *((f"total {basis}", money_of(total)) for basis, total in (done.get("totals") or {}).items()),
        ]
    )


for question in (show, explain, charges):
    costs.add_command(question)


@costs.command()
@days_options
@json_option
def resources(start: datetime | None, end: datetime | None, as_json: bool) -> None:
    """Show what each resource cost, what runs held of it and what stood idle."""
    server = connect()
    items = server.list_items("costs", "resources", params=days(start, end))
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, RESOURCE_COLUMNS, empty="No resources in these days.")
