"""`assay costs connect aws`: the role by which Assay reads an export."""

import click

from assay_client.cli.output import print_facts, print_json
from assay_client.cli.session import connect as connect_server
from assay_client.cli.session import json_option
from assay_client.failures import ClientFailed
from assay_client.server import JsonObject


@click.group()
def connect() -> None:
    """Connect the accounts whose bills Assay reads."""


@connect.command()
@click.argument("name")
@click.option("--role", help="ARN of the role, once it was made with the external id.")
@click.option("--region", help="Of the export's bucket.")
@click.option(
    "--test", "address", metavar="S3://BUCKET/PREFIX", help="Try each permission there; exit code 1 when one is missing."
)
@json_option
def aws(name: str, role: str | None, region: str | None, address: str | None, as_json: bool) -> None:
    """Make the connection NAME, name its role, or test it.

    First without --role: it answers the external id for Terraform (deploy/terraform/aws). Then with --role, then with --test.
    """
    server = connect_server()
    known = {item["name"]: item for item in server.list_items("costs", "connections")}
    found: JsonObject | None = known.get(name)
    asked = {key: value for key, value in (("role_arn", role), ("region", region)) if value is not None}
    if found is None:
        found = server.post("costs", "connections", body={"name": name, **asked})
    elif asked:
        kept = {key: found[key] for key in ("name", "role_arn", "region")}
        found = server.patch("costs", "connections", found["id"], body=kept | asked)
    if address is not None:
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        found = server.post("costs", "connections", found["id"], "test", body={"bucket": bucket, "prefix": prefix})
    _print(found, as_json=as_json)
    missing = [check["permission"] for check in found["checks"] if not check["ok"]]
    if address is not None and missing:
        raise ClientFailed(f"Not everything is allowed yet: {', '.join(missing)}.")


def _print(found: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_facts(
        [(name.replace("_", " "), found[name] or "-") for name in ("id", "name", "external_id", "role_arn", "region", "state")]
    )
    for check in found["checks"]:
        print(f"{'allowed' if check['ok'] else 'MISSING'}  {check['permission']}: {check['detail']}")
