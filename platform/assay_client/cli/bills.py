"""`assay costs import`, `imports` and `sources`: where bills come from and what became of them."""

from pathlib import Path

import click

from assay_client.cli.output import Column, dig, field, money_of, print_facts, print_json, print_table, say, time_text
from assay_client.cli.session import connect, json_option
from assay_client.failures import ClientFailed
from assay_client.imports import import_bill, preview_bill
from assay_client.server import JsonObject, Server

IMPORT_COLUMNS = (
    Column("received", lambda item: time_text(item.get("received_at"))),
    field("source", "source", "name"),
    field("file", "file_name"),
    field("state", "state"),
    Column("billing periods", lambda item: ", ".join(item.get("billing_periods") or [])),
    field("rows", "rows", right=True),
    Column("billed", lambda item: money_of(dig(item, "totals", "billed")), right=True),
    field("id", "id"),
)
SOURCE_COLUMNS = (
    field("name", "name"),
    field("kind", "kind"),
    field("state", "state"),
    Column("charged until", lambda item: time_text(item.get("charged_until"))),
    Column("next look", lambda item: time_text(item.get("next_poll_at"))),
    Column("months", lambda item: len(item.get("periods") or []), right=True),
    field("message", "message"),
)
path_argument = click.Path(exists=True, readable=True, path_type=Path)


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=path_argument, metavar="PATH...")
@click.option("--source", default="upload", show_default=True, help="Name of the billing source that the bill belongs to.")
@click.option(
    "--timeout", "timeout_seconds", default=1800, show_default=True, help="Seconds to wait for the end of the import."
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@json_option
def import_(paths: tuple[Path, ...], source: str, timeout_seconds: int, *, dry_run: bool, as_json: bool) -> None:
    """Import a bill (CSV, CSV.gz, Parquet; files or a folder) and wait until it is read.

    All files together are one delivery, of which exactly those that its manifest names are taken, if it has one. The delivery
    replaces its billing periods of the source; the same again changes nothing.
    """
    if dry_run:
        done = preview_bill(connect(), paths, source=source)
    else:
        done = import_bill(connect(), paths, source=source, timeout_seconds=timeout_seconds)
    if as_json:
        print_json(done)
        return
    if dry_run:
        _print_preview(done)
    else:
        _print_import(done)


@click.group()
def imports() -> None:
    """Deliveries of bills and what became of them."""


@imports.command("list")
@click.option("--source", help="Only those of this billing source.")
@click.option("--limit", default=20, show_default=True)
@json_option
def list_imports(source: str | None, limit: int, as_json: bool) -> None:
    """List deliveries, latest first."""
    items = connect().list_items("costs", "imports", params={"source": source} if source else None, limit=limit)
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, IMPORT_COLUMNS, empty="Nothing was delivered yet.")


@imports.command("show")
@click.argument("import_id")
@json_option
def show_import(import_id: str, as_json: bool) -> None:
    """Show a delivery: its files, totals, checks, what it changed, its log."""
    found = connect().get("costs", "imports", import_id)
    if as_json:
        print_json(found)
        return
    _print_import(found)
    for file in found.get("files") or []:
        print(f"file  {file['name']}  {file['size_bytes']} bytes  {file['sha256']}")
    for rule in found.get("invariants") or []:
        print(f"{'holds' if rule['ok'] else 'BROKEN'}  {rule['name']}: {rule['detail']}")
    for line in found.get("log") or []:
        print(f"log  {line}")


@imports.command("retry")
@click.argument("import_id")
@json_option
def retry_import(import_id: str, as_json: bool) -> None:
    """Try a refused or incomplete delivery again."""
    found = connect().post("costs", "imports", import_id, "retry")
    if as_json:
        print_json(found)
        return
    _print_import(found)


@click.group()
def sources() -> None:
    """Places that bills come from."""


@sources.command("list")
@json_option
def list_sources(as_json: bool) -> None:
    """List the billing sources, how fresh each is and whether it fails."""
    items = connect().list_items("costs", "sources")
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, SOURCE_COLUMNS, empty="No billing sources yet.")


@sources.command("add")
@click.argument("name")
@click.option("--folder", help="A folder below the organization's folder of bills on the server.")
@click.option("--s3", "address", metavar="S3://BUCKET/PREFIX", help="Where an export of AWS is delivered.")
@click.option("--region", default="", help="The bucket's region.")
@click.option("--connection", help="Id of the connection to AWS whose role reads the bucket.")
@click.option("--every", "minutes", type=int, default=60, show_default=True, help="Minutes between looks; 0: on demand only.")
@json_option
def add_source(
    name: str, folder: str | None, address: str | None, *, region: str, connection: str | None, minutes: int, as_json: bool
) -> None:
    """Add a place that bills come from; it is looked at right away."""
    if (folder is None) == (address is None):
        raise click.UsageError("Give either --folder or --s3.")
    body: JsonObject = {"name": name, "poll_minutes": minutes}
    if address is not None:
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        body |= {"kind": "s3", "location": {"bucket": bucket, "prefix": prefix, "region": region}, "connection_id": connection}
    else:
        body |= {"kind": "folder", "location": {"path": folder}}
    _answer(connect().post("costs", "sources", body=body), as_json=as_json)


@sources.command("change")
@click.argument("name")
@click.option("--rename")
@click.option("--every", "minutes", type=int, help="Minutes between looks; 0: on demand only.")
@click.option("--pause/--resume", "paused", default=None, help="Stop looking for deliveries, or go on.")
@json_option
def change_source(name: str, rename: str | None, minutes: int | None, paused: bool | None, as_json: bool) -> None:
    """Change what is named, and leave the rest."""
    asked: JsonObject = {"name": rename, "poll_minutes": minutes, "paused": paused}
    server = connect()
    body = {key: value for key, value in asked.items() if value is not None}
    _answer(server.patch("costs", "sources", _find(server, name), body=body), as_json=as_json)


@sources.command("poll")
@click.argument("name")
@json_option
def poll_source(name: str, as_json: bool) -> None:
    """Look for deliveries now."""
    server = connect()
    _answer(server.post("costs", "sources", _find(server, name), "poll"), as_json=as_json)


@sources.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_source(name: str, yes: bool) -> None:
    """Remove a source of which the ledger holds nothing."""
    server = connect()
    source_id = _find(server, name)
    if not yes:
        click.confirm(f"Remove the billing source {name}?", abort=True)
    server.delete("costs", "sources", source_id)
    print("Removed.")


BILL_COMMANDS = (import_, imports, sources)


def _find(server: Server, name: str) -> str:
    """The id of a source by its name, or by the id itself."""
    for item in server.list_items("costs", "sources"):
        if name in {item["name"], item["id"]}:
            return str(item["id"])
    raise ClientFailed(f"There is no billing source {name}; see `assay costs sources list`.")


def _answer(source: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(source)
        return
    place = source.get("location") or {}
    print_facts(
        [
            ("id", source["id"]),
            ("name", source["name"]),
            ("kind", source["kind"]),
            ("place", place.get("path") or "/".join(filter(None, (place.get("bucket"), place.get("prefix"))))),
            ("state", source["state"]),
            ("next look", time_text(source.get("next_poll_at"))),
            ("months", len(source["periods"])),
            *([("message", source["message"])] if source.get("message") else []),
        ]
    )


def _print_import(found: JsonObject) -> None:
    print_facts(
        [
            ("import", found.get("id")),
            ("state", found.get("state")),
            ("billing periods", ", ".join(map(str, found.get("billing_periods") or []))),
            ("rows", found.get("rows")),
            *((f"total {basis}", money_of(total)) for basis, total in (found.get("totals") or {}).items()),
            *([("message", found["message"])] if found.get("message") else []),
        ]
    )


def _print_preview(found: JsonObject) -> None:
    """As an import, but for its id, and with what each billing period would gain."""
    print_facts(
        [
            ("would be", found.get("state")),
            ("rows", found.get("rows")),
            *((f"total {basis}", money_of(total)) for basis, total in (found.get("totals") or {}).items()),
            *(
                (
                    f"{period} would gain",
                    f"{money_of(gained.get('billed'))} billed, {money_of(gained.get('effective'))} effective",
                )
                for period, gained in (found.get("changes") or {}).items()
            ),
        ]
    )
    for rule in found.get("invariants") or []:
        if not rule["ok"]:
            print(f"BROKEN  {rule['name']}: {rule['detail']}")
    for line in found.get("log") or []:
        print(f"log  {line}")
    say("Nothing was kept.")
