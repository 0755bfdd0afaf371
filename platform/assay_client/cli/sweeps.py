"""`assay sweeps`."""

from pathlib import Path

import click

from assay_client.cli.output import Column, dig, field, print_facts, print_json, print_table, time_text
from assay_client.cli.session import connect, json_option
from assay_client.failures import ClientFailed
from assay_client.server import JsonObject

SWEEP_COLUMNS = (
    field("name", "name"),
    field("state", "state"),
    field("metric", "metric"),
    field("direction", "direction"),
    field("best", "best_value", right=True),
    field("trials", "max_trials", right=True),
    Column("created", lambda sweep: time_text(sweep.get("created_at"))),
    field("id", "id"),
)
TRIAL_COLUMNS = (
    field("trial", "number", right=True),
    field("state", "state"),
    field("attempt", "attempt", right=True),
    field("value", "value", right=True),
    Column("params", lambda trial: "  ".join(f"{name}={value}" for name, value in (trial.get("params") or {}).items())),
    field("error", "error"),
    field("run", "run_id"),
    field("id", "id"),
)


@click.group()
def sweeps() -> None:
    """Hyperparameter searches."""


@sweeps.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@json_option
def start(file: Path, as_json: bool) -> None:
    """Start the sweep that a YAML file describes; `workdir` in it is relative to the file."""
    try:
        spec = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ClientFailed(f"{file} is not UTF-8 text; a sweep is a YAML file.") from error
    sweep = connect().post("sweeps", body={"spec": spec, "workdir": str(file.resolve().parent)})
    if as_json:
        print_json(sweep)
        return
    print(f"Started {sweep.get('name')}; follow it with `assay sweeps trials {sweep.get('id')}`.")


@sweeps.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="The first so many only.")
@json_option
def list_(limit: int | None, as_json: bool) -> None:
    """List sweeps."""
    items = connect().list_items("sweeps", limit=limit)
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, SWEEP_COLUMNS, empty="No sweeps yet.")


@sweeps.command()
@click.argument("sweep_id")
@json_option
def show(sweep_id: str, as_json: bool) -> None:
    """Show one sweep."""
    sweep = connect().get("sweeps", sweep_id)
    if as_json:
        print_json(sweep)
        return
    _print_sweep(sweep)


@sweeps.command()
@click.argument("sweep_id")
@json_option
def trials(sweep_id: str, as_json: bool) -> None:
    """List the trials of a sweep."""
    items = connect().list_items("sweeps", sweep_id, "trials")
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, TRIAL_COLUMNS, empty="No trials yet.")


@sweeps.command()
@click.argument("trial_id")
@json_option
def output(trial_id: str, as_json: bool) -> None:
    """Show what a trial's command wrote: its output to stdout, its errors to stderr."""
    written = connect().get("trials", trial_id, "output")
    if as_json:
        print_json(written)
        return
    click.echo(written["stdout"], nl=False)
    click.echo(written["stderr"], nl=False, err=True)


@sweeps.command()
@click.argument("sweep_id")
@json_option
def stop(sweep_id: str, as_json: bool) -> None:
    """Stop a sweep: running trials end, no new one begins."""
    sweep = connect().post("sweeps", sweep_id, "stop")
    if as_json:
        print_json(sweep)
        return
    _print_sweep(sweep)


def _print_sweep(sweep: JsonObject) -> None:
    names = ("name", "id", "state", "metric", "direction", "best_value", "max_trials", "parallelism", "seed", "error")
    counts = dig(sweep, "trials") or {}
    print_facts(
        [
            *((name.replace("_", " "), sweep.get(name)) for name in names if sweep.get(name) not in (None, "")),
            ("experiment", dig(sweep, "experiment", "name")),
            *((f"trials {state}", count) for state, count in counts.items()),
        ]
    )
