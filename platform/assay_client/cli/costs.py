"""`assay costs`: bills in, figures out."""

from datetime import datetime

import click

from assay_client.cli.cost_questions import charges, days, days_options, explain, show
from assay_client.cli.output import Column, field, money_of, print_json, print_table
from assay_client.cli.session import connect, json_option

RESOURCE_COLUMNS = (
    field("resource", "resource_id"),
    Column("total", lambda item: money_of(item.get("total")), right=True),
    Column("runs", lambda item: money_of(item.get("runs")), right=True),
    Column("idle", lambda item: money_of(item.get("idle")), right=True),
)


@click.group()
def costs() -> None:
    """The cloud bill."""


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
