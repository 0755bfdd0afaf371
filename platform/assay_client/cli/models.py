"""`assay models`."""

import click

from assay_client.cli.output import Column, field, money_of, print_facts, print_json, print_table, time_text
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject


def costs_text(item: JsonObject) -> str:
    return "  ".join(money_of(money) for money in item.get("costs") or []) or "-"


def aliases_text(item: JsonObject) -> str:
    return ", ".join(f"{alias}={number}" for alias, number in (item.get("aliases") or {}).items())


COLUMNS = (
    field("name", "name"),
    field("latest", "latest_version", right=True),
    Column("aliases", aliases_text),
    Column("cost so far", costs_text, right=True),
    field("by", "registered_by"),
    Column("changed", lambda item: time_text(item.get("updated_at"))),
)
VERSION_COLUMNS = (
    field("version", "number", right=True),
    field("stage", "stage"),
    Column("aliases", lambda item: ", ".join(item.get("aliases") or [])),
    field("run", "run_name"),
    Column("data", lambda item: ", ".join(str(data.get("name")) for data in item.get("datasets") or [])),
    Column("commit", lambda item: str(item.get("commit") or "")[:10]),
    Column("cost", lambda item: money_of(item.get("cost")), right=True),
    field("of", "cost_state"),
    Column("registered", lambda item: time_text(item.get("created_at"))),
)


@click.group()
def models() -> None:
    """Registered models, and what they cost."""


@models.command("list")
@click.option("--filter", "filter_", default="", help="MLflow's grammar, e.g. \"name ILIKE '%digits%'\".")
@click.option("--limit", type=click.IntRange(min=1), help="The first so many only.")
@json_option
def list_(*, filter_: str, limit: int | None, as_json: bool) -> None:
    """List models."""
    items = connect().list_items("models", params={"filter": filter_} if filter_ else {}, limit=limit)
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, COLUMNS, empty="No registered models yet.")


@models.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show a model's versions, where each comes from, and what that cost."""
    model = connect().get("models", name)
    if as_json:
        print_json(model)
        return
    print_facts(
        [
            ("name", model["name"]),
            ("description", model["description"] or "-"),
            ("aliases", aliases_text(model) or "-"),
            ("cost so far", costs_text(model)),
            ("registered by", model["registered_by"]),
        ]
    )
    print_table(model["versions"], VERSION_COLUMNS, empty="No versions yet.")
