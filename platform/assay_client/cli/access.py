"""`assay login`, `logout` and `status`."""

import os

import click

from assay_client.addresses import clean_url
from assay_client.cli.output import dig, print_facts, print_json, say
from assay_client.cli.session import connect, json_option
from assay_client.credentials import Credentials, credentials_path, forget_credentials, get_credentials, store_credentials
from assay_client.identity import compute_tags
from assay_client.server import JsonObject


@click.command()
@click.option("--url", help="Address of the server, e.g. https://assay.example.com (default: ASSAY_URL).")
@click.option("--token", help="API token; asked for without echo when absent (default: ASSAY_TOKEN).")
@json_option
def login(url: str | None, token: str | None, as_json: bool) -> None:
    """Check a token with the server and store both for later commands."""
    address = clean_url(url or os.environ.get("ASSAY_URL") or click.prompt("Address of the server", err=True))
    secret = token or os.environ.get("ASSAY_TOKEN") or click.prompt("API token", hide_input=True, err=True)
    credentials = Credentials(url=address, token=secret.strip())
    me = connect(credentials).get("me")
    path = store_credentials(credentials)
    if as_json:
        print_json(me)
        return
    print(f"Logged in to {address} as {_person(me)}; stored in {path}.")


@click.command()
@json_option
def logout(as_json: bool) -> None:
    """Forget the stored address and token."""
    path, forgotten = credentials_path(), forget_credentials()
    if as_json:
        print_json({"forgotten": forgotten})
        return
    print(f"Removed {path}." if forgotten else "Nothing was stored.")
    if os.environ.get("ASSAY_TOKEN"):
        say("ASSAY_TOKEN is still set in this shell.")


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show the server, who you are there, and the machine that runs are tagged with."""
    credentials = get_credentials()
    me = connect(credentials).get("me")
    machine = compute_tags()
    if as_json:
        print_json({"url": credentials.url, "me": me, "machine": machine})
        return
    print_facts(
        [
            ("server", f"{credentials.url} (version {dig(me, 'version') or 'unknown'})"),
            ("user", _person(me)),
            ("role", dig(me, "role")),
            ("permissions", ", ".join(dig(me, "permissions") or [])),
            *machine.items(),
        ]
    )


def _person(me: JsonObject) -> str:
    email = dig(me, "user", "email") or "?"
    organization = dig(me, "organization", "name")
    return f"{email} of {organization}" if organization else str(email)
