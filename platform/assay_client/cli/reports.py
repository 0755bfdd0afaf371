"""`assay reports`."""

from datetime import datetime

import click

from assay_client.cli.output import Column, field, print_facts, print_json, print_table, time_text
from assay_client.cli.session import connect, json_option

COLUMNS = (
    field("kind", "kind"),
    Column("recipients", lambda item: ", ".join(map(str, item.get("recipients") or []))),
    field("weekday", "weekday"),
    field("hour", "hour", right=True),
    field("active", "active"),
    Column("next", lambda item: time_text(item.get("next_at"))),
    field("id", "id"),
)


@click.group()
def reports() -> None:
    """Reports by mail."""


@reports.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the subscriptions."""
    items = connect().list_items("reports", "subscriptions")
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, COLUMNS, empty="No report is subscribed.")


@reports.command()
@click.argument("subscription_id")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="Any day of the week to report (default: the last complete week)."
)
@json_option
def send(subscription_id: str, day: datetime | None, as_json: bool) -> None:
    """Send a week's report now; a week is never mailed twice."""
    body = {"day": f"{day:%Y-%m-%d}"} if day else {}
    delivery = connect().post("reports", "subscriptions", subscription_id, "send", body=body)
    if as_json:
        print_json(delivery)
        return
    print_facts([("subject", delivery.get("subject")), ("state", delivery.get("state")), ("mail", delivery.get("message_id"))])
