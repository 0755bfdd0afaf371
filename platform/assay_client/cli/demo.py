"""`assay demo`: a bill, trainings and a sweep to try Assay with."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from assay_client.cli.output import print_facts, print_json, say
from assay_client.cli.session import connect, json_option
from assay_client.credentials import get_credentials
from assay_client.demo.bill import FORMATS, BillOrder, last_complete_months, write_bill
from assay_client.demo.filling import Filling, fill
from assay_client.demo.trainings import TrainingOrder, train
from assay_client.demo.trainings.plans import TRAININGS

COUNT = click.IntRange(min=1, max=len(TRAININGS))


@click.group()
def demo() -> None:
    """Content to try Assay with."""


@demo.command()
@click.option("--rows", type=click.IntRange(min=1), default=100_000, show_default=True, help="Exactly so many charges.")
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the file and manifest.json."
)
@click.option("--format", "file_format", type=click.Choice(list(FORMATS)), default="csv.gz", show_default=True)
@click.option("--months", help="Comma-separated, e.g. 2026-09,2026-10 (default: the last two complete ones).")
@json_option
def bill(*, rows: int, seed: int, out: Path, file_format: str, months: str | None, as_json: bool) -> None:
    """Write a FOCUS 1.2 bill of a cloud that does not exist, by rules that real bills follow."""
    names = _months(months)
    manifest = write_bill(BillOrder(rows=rows, seed=seed, months=names), out, file_format=file_format)
    if as_json:
        print_json(manifest)
        return
    print_facts(
        [
            ("file", out / manifest["file"]),
            ("rows", manifest["rows"]),
            ("sha256", manifest["sha256"]),
            *((f"effective cost {month}", f"{told['EffectiveCost']} USD") for month, told in manifest["months"].items()),
        ]
    )


@demo.command("train")
@click.option("--count", type=COUNT, default=32, show_default=True, help="How many trainings.")
@click.option("--months", help="Comma-separated months into which their times fall (default: the last two complete ones).")
@json_option
def train_(*, count: int, months: str | None, as_json: bool) -> None:
    """Train real models and log them through mlflow, on a clock that is shifted and stretched into the bill's months.

    MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN win over the stored server and token.
    """
    uri, token = os.environ.get("MLFLOW_TRACKING_URI", ""), ""
    if not uri:
        credentials = get_credentials()
        uri, token = credentials.url, credentials.token
    trained = train(TrainingOrder(uri, token, _months(months), count), say)
    if as_json:
        print_json({"run": trained.run, "found": trained.found})
        return
    print(f"{len(trained.run)} trainings run, {len(trained.found)} were there before.")


@demo.command("fill")
@click.option(
    "--rows", type=click.IntRange(min=1), default=100_000, show_default=True, envvar="ASSAY_DEMO_ROWS", show_envvar=True
)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--count", type=COUNT, default=32, show_default=True, envvar="ASSAY_DEMO_TRAININGS", show_envvar=True)
@click.option(
    "--trials", type=click.IntRange(min=1), default=20, show_default=True, envvar="ASSAY_DEMO_TRIALS", show_envvar=True
)
@json_option
def fill_(*, rows: int, seed: int, count: int, trials: int, as_json: bool) -> None:
    """Fill an organization: bill, trainings, leaderboards, weekly report, sweep. What is there already is left alone."""
    credentials = get_credentials()
    filling = Filling(rows, seed, count, trials, today=datetime.now(UTC))
    filled = fill(credentials, connect(credentials), filling, say)
    if as_json:
        print_json({"months": filled.months, "made": filled.made})
        return
    print(f"The demo is complete ({len(filled.made)} things made now); its bill covers {', '.join(filled.months)}.")


def _months(names: str | None) -> tuple[str, ...]:
    return tuple(names.split(",")) if names else last_complete_months(datetime.now(UTC))
