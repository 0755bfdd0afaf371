"""What every command shares: the server that the credentials name, and --json."""

from typing import Any

import click

from assay_client.addresses import sends_token_in_clear
from assay_client.cli.output import say
from assay_client.credentials import Credentials, get_credentials
from assay_client.failures import ClientFailed
from assay_client.server import Server

json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


class AssayGroup(click.Group):
    """Turns what failed into one sentence on stderr and exit code 1; wrong usage is click's own, exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ClientFailed as error:
            raise click.ClickException(str(error)) from error


def connect(credentials: Credentials | None = None) -> Server:
    chosen = credentials or get_credentials()
    if sends_token_in_clear(chosen.url):
        say(f"Warning: the token goes unencrypted to {chosen.url}; use https.")
    return Server(chosen)
