"""`assay leaderboards`."""

import click

from assay_client.cli.output import Column, field, print_json, print_table
from assay_client.cli.runs import cost_text
from assay_client.cli.session import connect, json_option

COLUMNS = (
    field("name", "name"),
    field("experiment", "experiment"),
    field("metric", "metric"),
    field("direction", "direction"),
    field("id", "id"),
)
ROW_COLUMNS = (
    field("rank", "rank", right=True),
    field("run", "name"),
    field("value", "value", right=True),
    Column("cost", lambda row: cost_text(row.get("cost")), right=True),
    Column("of", lambda row: (row.get("cost") or {}).get("state")),
    Column("Pareto-optimal", lambda row: "yes" if row.get("pareto") else ""),
)


@click.group()
def leaderboards() -> None:
    """Rankings of quality against cost."""


@leaderboards.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List leaderboards."""
    items = connect().list_items("leaderboards")
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, COLUMNS, empty="No leaderboards yet.")


@leaderboards.command()
@click.argument("leaderboard_id")
@json_option
def show(leaderboard_id: str, as_json: bool) -> None:
    """Show the ranked runs; Pareto-optimal ones are beaten by none in both metric and cost."""
    board = connect().get("leaderboards", leaderboard_id)
    if as_json:
        print_json(board)
        return
    print_table(board.get("rows") or [], ROW_COLUMNS, empty="No run of the experiment has the metric yet.")
