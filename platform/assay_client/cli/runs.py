"""`assay runs`."""

import click

from assay_client.cli.output import Column, dig, field, money_of, print_facts, print_json, print_table, time_text
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject

SHOWN_METRICS = 3


def cost_text(cost: object) -> str:
    """A run's cost is money inside an object that also says whether it is actual or an estimate."""
    amount = dig(cost, "amount")
    return money_of(amount if isinstance(amount, dict) else cost)


def metrics_text(run: JsonObject) -> str:
    shown = list(_metrics(run).items())[:SHOWN_METRICS]
    return "  ".join(f"{key} {value:.4g}" if isinstance(value, int | float) else f"{key} {value}" for key, value in shown)


def _metrics(run: JsonObject) -> dict[str, object]:
    metrics = run.get("metrics") or {}
    return {key: value.get("value") if isinstance(value, dict) else value for key, value in metrics.items()}


COLUMNS = (
    field("name", "name"),
    field("status", "status"),
    Column("started", lambda run: time_text(run.get("started_at"))),
    Column("cost", lambda run: cost_text(run.get("cost")), right=True),
    field("of", "cost", "state"),
    Column("metrics", metrics_text),
    field("id", "id"),
)


@click.group()
def runs() -> None:
    """Runs, each with what it cost."""


@runs.command("list")
@click.option("--experiment", help="Name or number of one experiment.")
@click.option("--filter", "filter_", help="As in MLflow: \"metrics.accuracy > 0.9 and tags.team = 'vision'\".")
@click.option("--order-by", help='As in MLflow: "metrics.accuracy DESC".')
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
def list_(experiment: str | None, filter_: str | None, order_by: str | None, limit: int, as_json: bool) -> None:
    """List runs, the newest first unless ordered."""
    asked = {"experiment": experiment, "filter": filter_, "order_by": order_by}
    items = connect().list_items("runs", params={name: text for name, text in asked.items() if text}, limit=limit)
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, COLUMNS, empty="No such runs.")


@runs.command()
@click.argument("run_id")
@json_option
def show(run_id: str, as_json: bool) -> None:
    """Show one run: status, cost, params, metrics, tags."""
    run = connect().get("runs", run_id)
    if as_json:
        print_json(run)
        return
    print_facts(
        [
            ("run", run.get("name")),
            ("id", run.get("id")),
            ("status", run.get("status")),
            ("started", time_text(run.get("started_at"))),
            ("ended", time_text(run.get("ended_at"))),
            ("cost", f"{cost_text(run.get('cost'))} ({dig(run, 'cost', 'state') or 'unknown'})"),
            *((f"metric {key}", value) for key, value in _metrics(run).items()),
            *((f"param {key}", value) for key, value in (run.get("params") or {}).items()),
            *((f"tag {key}", value) for key, value in (run.get("tags") or {}).items()),
        ]
    )
