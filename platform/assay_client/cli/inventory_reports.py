"""`assay inventory import`: a file that tells what an account holds."""

import json
from pathlib import Path
from typing import Any

import click

from assay_client.cli.output import print_json, say
from assay_client.cli.session import connect, json_option
from assay_client.failures import ClientFailed
from assay_client.inventories import send_report


@click.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def import_(path: Path, *, as_json: bool) -> None:
    """Tell what accounts hold that Assay does not read itself.

    PATH: JSON, `{"lists": [...], "utilization": [...]}` as PUT /api/v1/inventory/lists and /inventory/utilization take them.
    """
    report = _read(path)
    done = send_report(connect(), report)
    if as_json:
        print_json(done)
        return
    say(f"{done['held']:,} resources are held, {done['gone']:,} are gone; {done['days']:,} days of utilization were taken.")


def _read(path: Path) -> dict[str, Any]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ClientFailed(f"{path} is not JSON: {error}") from error
    if not isinstance(report, dict) or not set(report) <= {"lists", "utilization"}:
        raise ClientFailed(f'{path} must be an object with "lists" and "utilization".')
    return report
