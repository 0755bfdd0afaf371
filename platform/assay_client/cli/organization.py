"""`assay organization`."""

import click

from assay_client.cli.output import print_facts, print_json
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject


@click.group()
def organization() -> None:
    """The organization and its settings."""


@organization.command()
@json_option
def show(as_json: bool) -> None:
    """Show its name, currency and settings."""
    _answer(connect().get("organization"), as_json=as_json)


@organization.command()
@click.option("--name")
@click.option("--timezone", help="An IANA name, such as Europe/Berlin: in which its days are shown.")
@click.option("--silent-run-hours", type=int, help="After so long without a word a run that promised no heartbeats is lost.")
@json_option
def change(as_json: bool, **values: str | int | None) -> None:
    """Change what is named, and leave the rest. Needs the permission settings.manage."""
    body: JsonObject = {name: value for name, value in values.items() if value is not None}
    if not body:
        raise click.UsageError("Say what to change: --name, --timezone or --silent-run-hours.")
    _answer(connect().patch("organization", body=body), as_json=as_json)


def _answer(found: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_facts(
        [
            ("name", found["name"]),
            ("slug", found["slug"]),
            ("currency", found["currency"]),
            ("time zone", found["timezone"]),
            ("a silent run is lost after", f"{found['silent_run_hours']} hours"),
        ]
    )
