"""`assay inventory`: what is held in clouds."""

import time

import click

from assay_client.cli.output import Column, dig, field, print_facts, print_json, print_table, say, time_text
from assay_client.cli.session import connect, json_option
from assay_client.failures import ClientFailed
from assay_client.server import JsonObject, Server

POLL_SECONDS = 2
OPEN_STATES = ("queued", "running")
KINDS = ("instance", "volume", "address", "snapshot", "image", "database", "savings_plan", "reservation")
RESOURCE_COLUMNS = (
    field("kind", "kind"),
    field("resource", "native_id"),
    field("name", "name"),
    field("state", "state"),
    field("account", "account_id"),
    field("region", "region"),
    Column("seen", lambda item: time_text(item.get("last_seen_at"))),
    field("id", "id"),
)
REFRESH_COLUMNS = (
    field("connection", "connection"),
    field("subject", "subject"),
    field("state", "state"),
    Column("ok", lambda item: dig(item, "calls", "ok"), right=True),
    Column("denied", lambda item: dig(item, "calls", "denied"), right=True),
    Column("failed", lambda item: dig(item, "calls", "failed"), right=True),
    field("message", "message"),
    field("id", "id"),
)
REFUSED_COLUMNS = (
    field("state", "state"),
    field("permission", "permission"),
    field("account", "account_id"),
    field("region", "region"),
    field("message", "message"),
)


@click.group()
def inventory() -> None:
    """What is held in clouds, and how much of it is used."""


@inventory.command()
@click.option("--connection", "connection_id", help="Id of one connection to AWS; all of them without it.")
@click.option("--utilization", is_flag=True, help="Fetch the utilization of missing days instead of the inventory.")
@click.option("--wait", is_flag=True, help="Return when it has ended; exit code 1 when it failed.")
@json_option
def refresh(connection_id: str | None, utilization: bool, wait: bool, as_json: bool) -> None:
    """Look at the clouds now."""
    server = connect()
    subject = "utilization" if utilization else "inventory"
    started = server.post("inventory", "refreshes", body={"connection_id": connection_id, "subject": subject})["items"]
    found = [_wait_for(server, one["id"]) if wait else one for one in started]
    if as_json:
        print_json({"items": found, "next_cursor": None})
    else:
        print_table(found, REFRESH_COLUMNS, empty="Nothing to look at.")
        refused = [call for one in found for call in one.get("asked", ()) if call.get("state") != "ok"]
        if refused:
            print_table(refused, REFUSED_COLUMNS, empty="")
    if any(one.get("state") == "failed" for one in found):
        raise ClientFailed("A refresh failed; its message says why.")


@inventory.command("list")
@click.option("--kind", type=click.Choice(KINDS))
@click.option("--account", "account_id", help="Account id.")
@click.option("--region")
@click.option("--state", help="As the provider says it: running, stopped, available.")
@click.option("--text", help="Part of the id or name.")
@click.option("--gone", is_flag=True, help="Also what exists no more.")
@click.option("--limit", type=click.IntRange(min=1), help="The first so many only.")
@json_option
def list_(
    kind: str | None,
    account_id: str | None,
    region: str | None,
    state: str | None,
    text: str | None,
    gone: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """List resources."""
    given = {"kind": kind, "account_id": account_id, "region": region, "state": state, "text": text}
    params = {name: value for name, value in given.items() if value}
    items = connect().list_items("inventory", params=params | ({"gone": "true"} if gone else {}), limit=limit)
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, RESOURCE_COLUMNS, empty="Nothing is held that is known of: `assay inventory refresh` looks.")


@inventory.command()
@click.argument("resource_id")
@json_option
def show(resource_id: str, as_json: bool) -> None:
    """Show one resource with its history."""
    server = connect()
    found = server.get("inventory", resource_id)
    changes = server.list_items("inventory", resource_id, "changes")
    if as_json:
        print_json(found | {"changes": changes})
        return
    facts = [
        (name.replace("_", " "), value) for name, value in found.items() if name not in ("details", "tags") and value != ""
    ]
    details = [(name.replace("_", " "), _plain(value)) for name, value in (found.get("details") or {}).items()]
    tags = [(f"tag {name}", value) for name, value in (found.get("tags") or {}).items()]
    print_facts([*facts, *details, *tags, *((time_text(one["at"]), _tell(one)) for one in changes)])


def _wait_for(server: Server, refresh_id: str) -> JsonObject:
    while True:
        found = server.get("inventory", "refreshes", refresh_id)
        if found.get("state") not in OPEN_STATES:
            return found
        say(f"{found.get('connection')}: {found.get('state')}, {dig(found, 'calls', 'ok')} answers")
        time.sleep(POLL_SECONDS)


def _tell(change: JsonObject) -> str:
    before, after = change.get("before") or {}, change.get("after") or {}
    if not before:
        return "first seen"
    names = sorted({*before, *after})
    return ", ".join(f"{name}: {_plain(before.get(name))} → {_plain(after.get(name))}" for name in names)


def _plain(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
