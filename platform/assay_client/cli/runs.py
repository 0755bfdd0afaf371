"""`assay runs`."""

import re
import time

import click

from assay_client.cli.output import Column, dig, field, money_of, print_facts, print_json, print_table, say, time_text
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject, Params, Server

SHOWN_METRICS = 3
LOOK_SECONDS = 1.0
_UNSAFE = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b\[(?![0-9;]*m)[0-?]*[ -/]*[@-~]|\x1b(?!\[)|[\x00-\x07\x0b\x0c\x0e-\x1a\x7f\x80-\x9f]"
)


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


@runs.command()
@click.argument("run_id")
@click.option("--follow", "-f", is_flag=True, help="Wait for more until the run ends.")
@click.option("--stream", type=click.Choice(["stdout", "stderr"]), help="Only this one.")
@click.option("--all", "whole", is_flag=True, help="From the start, not only the last part.")
@json_option
def console(*, run_id: str, follow: bool, stream: str | None, whole: bool, as_json: bool) -> None:
    """Show what a run wrote: its output to stdout, its errors to stderr."""
    server = connect()
    chosen = {"stream": stream} if stream else {}
    page = server.get("runs", run_id, "console", params=chosen | ({"after": "0"} if whole or as_json else {}))
    if as_json:
        print_json({"items": _all_chunks(server, run_id, page, chosen), "next_cursor": None})
        return
    if not whole and page["has_more"]:
        say("(earlier output: --all)")
    _print_chunks(page["items"])
    while (follow and page["is_live"]) or ((follow or whole) and page["has_more"]):
        if not page["has_more"]:
            time.sleep(LOOK_SECONDS)
        page = _print_next(server, run_id, page, chosen)
    if follow:
        time.sleep(LOOK_SECONDS)  # its client sends the last words after the run has ended
        _print_next(server, run_id, page, chosen)


@runs.command()
@click.argument("run_ids", nargs=-1, required=True)
@json_option
def delete(run_ids: tuple[str, ...], as_json: bool) -> None:
    """Delete runs; within 7 days `assay runs restore` brings them back."""
    server = connect()
    deleted = [server.delete("runs", run_id) for run_id in run_ids]
    if as_json:
        print_json({"items": deleted, "next_cursor": None})
        return
    for run in deleted:
        print(f"Deleted {run.get('name')}; until 7 days from now: assay runs restore {run.get('id')}")


@runs.command()
@click.argument("run_ids", nargs=-1, required=True)
@json_option
def restore(run_ids: tuple[str, ...], as_json: bool) -> None:
    """Bring deleted runs back."""
    server = connect()
    restored = [server.post("runs", run_id, "restore") for run_id in run_ids]
    if as_json:
        print_json({"items": restored, "next_cursor": None})
        return
    for run in restored:
        print(f"Restored {run.get('name')}.")


def _all_chunks(server: Server, run_id: str, page: JsonObject, chosen: Params) -> list[JsonObject]:
    items: list[JsonObject] = list(page["items"])
    while page["has_more"]:
        page = server.get("runs", run_id, "console", params=chosen | {"after": str(page["next_cursor"])})
        items += page["items"]
    return items


def _print_next(server: Server, run_id: str, page: JsonObject, chosen: Params) -> JsonObject:
    following = server.get("runs", run_id, "console", params=chosen | {"after": str(page["next_cursor"])})
    _print_chunks(following["items"])
    return following


def _print_chunks(chunks: list[JsonObject]) -> None:
    """As it was written, without what would act on this terminal: of its escapes only colours and styles are let through."""
    for chunk in chunks:
        if chunk["follows_gap"]:
            click.echo("\n[… output in between was dropped …]", err=True)
        click.echo(_UNSAFE.sub("", chunk["text"]), nl=False, err=chunk["stream"] == "stderr")
