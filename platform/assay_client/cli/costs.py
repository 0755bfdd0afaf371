"""`assay costs`: bills in, figures out."""

from datetime import datetime
from pathlib import Path

import click

from assay_client.cli.output import Column, field, money_of, money_text, print_facts, print_json, print_table
from assay_client.cli.session import connect, json_option
from assay_client.imports import import_bill
from assay_client.server import JsonObject, Params

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m"])
DIMENSIONS = "service, service_category, account, region, day, month, resource, charge_category, provider, instance_type"


def _interval(start: datetime | None, end: datetime | None) -> Params:
    days = {"from": start, "to": end}
    return {name: f"{day:%Y-%m-%d}" for name, day in days.items() if day is not None}


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


@costs.command()
@click.option("--group-by", multiple=True, help=f"Dimension, repeatable: {DIMENSIONS}.")
@click.option("--from", "start", type=DAY, help="First day, YYYY-MM-DD (UTC).")
@click.option("--to", "end", type=DAY, help="Day after the last, YYYY-MM-DD (UTC).")
@click.option(
    "--basis", type=click.Choice(["effective", "billed", "contracted", "list"]), default="effective", show_default=True
)
@json_option
def show(group_by: tuple[str, ...], start: datetime | None, end: datetime | None, basis: str, as_json: bool) -> None:
    """Show what was spent, grouped."""
    names = [name for text in group_by or ("service",) for name in text.split(",")]
    answer = connect().get("costs", "summary", params={"group_by": ",".join(names), "basis": basis} | _interval(start, end))
    if as_json:
        print_json(answer)
        return
    currency = answer.get("currency") or ""
    columns = [
        *(field(name, "key", name) for name in names),
        Column(f"{basis} cost", lambda row: money_text(row.get("amount"), currency), right=True),
    ]
    total: JsonObject = {"key": {names[0]: "total"}, "amount": answer.get("total")}
    print_table([*answer["rows"], total] if answer["rows"] else [], columns, empty="No charges in these days.")


@costs.command()
@click.option("--from", "start", type=DAY, help="First day, YYYY-MM-DD (UTC).")
@click.option("--to", "end", type=DAY, help="Day after the last, YYYY-MM-DD (UTC).")
@json_option
def resources(start: datetime | None, end: datetime | None, as_json: bool) -> None:
    """Show what each resource cost, what runs held of it and what stood idle."""
    server = connect()
    items = server.list_items("costs", "resources", params=_interval(start, end))
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, RESOURCE_COLUMNS, empty="No resources in these days.")
