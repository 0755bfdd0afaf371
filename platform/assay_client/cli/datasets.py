"""`assay datasets`."""

import click

from assay_client.cli.output import Column, field, money_of, print_json, print_table, time_text
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject


def _costs(item: JsonObject) -> str:
    return "  ".join(money_of(money) for money in item.get("costs") or [])


COLUMNS = (
    field("name", "name"),
    field("versions", "versions", right=True),
    field("source", "source_type"),
    field("runs", "runs", right=True),
    Column("cost of those runs", _costs, right=True),
    Column("last used", lambda item: time_text(item.get("last_used_at"))),
)
VERSION_COLUMNS = (
    field("digest", "digest"),
    field("source", "source_type"),
    field("runs", "runs", right=True),
    Column("cost of those runs", _costs, right=True),
    Column("first used", lambda item: time_text(item.get("first_used_at"))),
    Column("last used", lambda item: time_text(item.get("last_used_at"))),
)


@click.group()
def datasets() -> None:
    """Datasets that runs learnt from."""


@datasets.command("list")
@click.option("--search", default="", help="Words in the name.")
@json_option
def list_(search: str, as_json: bool) -> None:
    """List datasets, with the runs that used them and what those cost."""
    items = connect().list_items("datasets", params={"search": search} if search else None)
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, COLUMNS, empty="No datasets yet.")


@datasets.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show a dataset's versions, the one used last first."""
    found = connect().get("datasets", "details", params={"name": name})
    if as_json:
        print_json(found)
        return
    print_table(found["versions"], VERSION_COLUMNS, empty="No versions.")
