"""`assay runs`."""

import click

from assay_client.cli.output import Column, dig, field, money_of, print_facts, print_json, print_table, time_text
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject

SHOWN_METRICS = 3


def metrics_text(run: JsonObject) -> str:
    """The first few, those of validation before others."""
    shown = sorted(_metrics(run).items(), key=lambda metric: not metric[0].startswith("val"))[:SHOWN_METRICS]
    return "  ".join(f"{key} {value:.4g}" if isinstance(value, int | float) else f"{key} {value}" for key, value in shown)


def _metrics(run: JsonObject) -> dict[str, object]:
    """A value that JSON cannot hold is text: nan, inf."""
    metrics: dict[str, JsonObject] = run["metrics"]
    return {key: metric["value_text"] if metric["value"] is None else metric["value"] for key, metric in metrics.items()}


COLUMNS = (
    field("name", "name"),
    field("status", "status"),
    Column("started", lambda run: time_text(run.get("started_at"))),
    Column("cost", lambda run: money_of(dig(run, "cost", "amount")), right=True),
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
            ("cost", f"{money_of(dig(run, 'cost', 'amount'))} ({dig(run, 'cost', 'state')})"),
            *((name, note) for name, note in [("cost note", dig(run, "cost", "note"))] if note),
            ("machine", dig(run, "cost", "resource_id")),
            *((f"metric {key}", value) for key, value in _metrics(run).items()),
            *((f"param {key}", value) for key, value in (run.get("params") or {}).items()),
            *((f"tag {key}", value) for key, value in (run.get("tags") or {}).items()),
        ]
    )
