"""`assay webhooks`."""

import os
from collections.abc import Sequence

import click

from assay_client.cli.output import Column, field, print_facts, print_json, print_table, time_text
from assay_client.cli.session import connect, json_option
from assay_client.failures import ClientFailed
from assay_client.server import JsonObject

SECRET_VARIABLE = "ASSAY_WEBHOOK_SECRET"

COLUMNS = (
    field("name", "name"),
    field("status", "status"),
    field("url", "url"),
    Column("events", lambda item: ", ".join(map(str, item.get("events") or []))),
    field("signed", "has_secret"),
    field("id", "id"),
)
DELIVERY_COLUMNS = (
    Column("at", lambda item: time_text(item.get("created_at"))),
    field("event", "event"),
    field("state", "state"),
    field("attempts", "attempts", right=True),
    field("answer", "response_status", right=True),
    field("error", "error"),
)
LAST = 20

event_option = click.option(
    "--event", "events", multiple=True, help="What to be told of, e.g. model_version.created; repeatable."
)
secret_option = click.option(
    "--secret-from-env",
    "signs",
    is_flag=True,
    help=f"Sign the messages with the secret in {SECRET_VARIABLE}, so that it is in no command line.",
)


@click.group()
def webhooks() -> None:
    """Addresses that are told of changes of the model registry."""


@webhooks.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the webhooks."""
    items = connect().list_items("webhooks")
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, COLUMNS, empty="No webhooks yet.")


@webhooks.command()
@click.argument("webhook_id")
@json_option
def show(webhook_id: str, as_json: bool) -> None:
    """Show a webhook and its last deliveries with their outcome."""
    server = connect()
    webhook = server.get("webhooks", webhook_id)
    deliveries = server.list_items("webhooks", webhook_id, "deliveries", limit=LAST)
    if as_json:
        print_json(webhook | {"deliveries": deliveries})
        return
    _print_webhook(webhook)
    print_table(deliveries, DELIVERY_COLUMNS, empty="Nothing was delivered yet.")


@webhooks.command()
@click.argument("name")
@click.argument("url")
@event_option
@click.option("--description", default="")
@secret_option
@json_option
def create(name: str, url: str, *, events: Sequence[str], description: str, signs: bool, as_json: bool) -> None:
    """Tell URL of events."""
    body = {"name": name, "url": url, "events": list(events), "description": description, "secret": _secret(signs) or ""}
    _answer(connect().post("webhooks", body=body), as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@click.option("--name")
@click.option("--url")
@event_option
@click.option("--description")
@secret_option
@click.option("--unsigned", is_flag=True, help="Remove the secret: messages are not signed any more.")
@json_option
def change(webhook_id: str, *, events: Sequence[str], signs: bool, unsigned: bool, as_json: bool, **texts: str | None) -> None:
    """Change what is named, and leave the rest."""
    if signs and unsigned:
        raise click.UsageError("--secret-from-env and --unsigned exclude each other.")
    body: JsonObject = {name: text for name, text in texts.items() if text is not None}
    body |= {"events": list(events)} if events else {}
    body |= {"secret": _secret(signs) or ""} if signs or unsigned else {}
    _answer(connect().patch("webhooks", webhook_id, body=body), as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@json_option
def enable(webhook_id: str, as_json: bool) -> None:
    """Switch it on."""
    _answer(connect().patch("webhooks", webhook_id, body={"status": "ACTIVE"}), as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@json_option
def disable(webhook_id: str, as_json: bool) -> None:
    """Switch it off; what waits for it is not sent."""
    _answer(connect().patch("webhooks", webhook_id, body={"status": "DISABLED"}), as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@click.option("--event", help="Which example to send (default: the first event it listens to).")
@json_option
def test(webhook_id: str, event: str | None, as_json: bool) -> None:
    """Send an example now and say what the receiver answered; exit code 1 unless it accepted."""
    answer = connect().post("webhooks", webhook_id, "test", body={"event": event})
    if as_json:
        print_json(answer)
    elif answer.get("accepted"):
        print(answer.get("told"))
    if not answer.get("accepted"):
        raise ClientFailed(str(answer.get("told")))


@webhooks.command()
@click.argument("webhook_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(webhook_id: str, yes: bool) -> None:
    """Delete a webhook, with what still waits to be delivered to it."""
    if not yes:
        click.confirm(f"Delete the webhook {webhook_id} and what waits for it?", abort=True)
    connect().delete("webhooks", webhook_id)
    print("Deleted.")


def _secret(signs: bool) -> str | None:
    if not signs:
        return None
    secret = os.environ.get(SECRET_VARIABLE, "")
    if not secret:
        raise click.UsageError(f"{SECRET_VARIABLE} is empty: put the secret there.")
    return secret


def _answer(webhook: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(webhook)
        return
    _print_webhook(webhook)


def _print_webhook(webhook: JsonObject) -> None:
    print_facts(
        [
            ("id", webhook["id"]),
            ("name", webhook["name"]),
            ("url", webhook["url"]),
            ("status", webhook["status"]),
            ("events", ", ".join(map(str, webhook["events"]))),
            ("signed", webhook["has_secret"]),
        ]
    )
