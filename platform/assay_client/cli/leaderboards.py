"""`assay leaderboards`."""

import click

from assay_client.cli.output import Column, field, money_of, print_json, print_table
from assay_client.cli.session import connect, json_option

COLUMNS = (
    field("name", "name"),
    field("experiment", "experiment_name"),
    field("metric", "metric"),
    field("direction", "direction"),
    field("id", "id"),
)
ROW_COLUMNS = (
    field("rank", "rank", right=True),
    field("run", "run_name"),
    field("value", "value", right=True),
    Column("cost", lambda row: money_of(row.get("cost")), right=True),
    field("of", "cost_state"),
    Column("Pareto-optimal", lambda row: "yes" if row.get("pareto") else ""),
    field("id", "run_id"),
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
    print_table(board["rows"], ROW_COLUMNS, empty="No run of the experiment has the metric yet.")
