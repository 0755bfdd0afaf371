"""`assay reports`."""

import click

from assay_client.cli.output import Column, field, print_json, print_table
from assay_client.cli.session import connect, json_option

COLUMNS = (
    field("kind", "kind"),
    Column("recipients", lambda item: ", ".join(map(str, item.get("recipients") or []))),
    field("weekday", "weekday"),
    field("timezone", "timezone"),
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
@json_option
def send(subscription_id: str, as_json: bool) -> None:
    """Send a subscription's report for the last complete period; a period is never mailed twice."""
    delivery = connect().post("reports", "subscriptions", subscription_id, "send")
    if as_json:
        print_json(delivery)
        return
    print(str(delivery.get("message") or f"The report is {delivery.get('state') or 'sent'}."))
