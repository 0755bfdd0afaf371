"""`assay experiments`."""

import click

from assay_client.cli.output import Column, field, money_of, print_json, print_table
from assay_client.cli.session import connect, json_option

COLUMNS = (
    field("number", "number", right=True),
    field("name", "name"),
    field("runs", "run_count", right=True),
    Column("cost", lambda item: "  ".join(money_of(money) for money in item.get("costs") or []), right=True),
    field("stage", "lifecycle_stage"),
    field("id", "id"),
)


@click.group()
def experiments() -> None:
    """Experiments."""


@experiments.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="The first so many only.")
@json_option
def list_(limit: int | None, as_json: bool) -> None:
    """List experiments."""
    items = connect().list_items("experiments", limit=limit)
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, COLUMNS, empty="No experiments yet.")
