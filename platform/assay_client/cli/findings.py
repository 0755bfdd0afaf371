"""`assay findings`: what could be saved, and what became of it."""

from pathlib import Path

import click

from assay_client.cli.output import Column, dig, field, money_of, print_facts, print_json, print_table, say, time_text
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject

UNPRICED = "no price known"


def saving_of(item: JsonObject) -> str:
    return "unpriced" if item["price_source"] == UNPRICED else money_of(item["saving"])


COLUMNS = (
    Column("saving a month", saving_of, right=True),
    field("check", "check"),
    field("resource", "resource", "native_id"),
    field("name", "name"),
    field("account", "resource", "account_id"),
    field("region", "resource", "region"),
    Column("state", lambda item: f"{item['state']}, stale" if item["stale_since"] else item["state"]),
    Column("counts", lambda item: "" if dig(item, "included_in") is None else "in another"),
    field("id", "id"),
)
CHECK_COLUMNS = (
    field("check", "name"),
    field("group", "group"),
    Column("last run", lambda item: time_text(item["last_run_at"])),
    Column("state", lambda item: "paused" if item["paused"] else item["state"]),
    field("open", "open_count", right=True),
    Column("saving a month", lambda item: ", ".join(money_of(one) for one in item["counted"]), right=True),
    field("message", "message"),
)


@click.group()
def findings() -> None:
    """What could be saved, with evidence and remedy."""


@findings.command("list")
@click.option(
    "--state", default="", help="open, accepted, applied, verified, dismissed, gone, or all; by default open,accepted."
)
@click.option("--check", default="", help="Of one check.")
@click.option("--account", "account_id", default="", help="Of one account.")
@click.option("--least", help="Savings of at least so much a month.")
@json_option
def list_(state: str, check: str, account_id: str, least: str | None, *, as_json: bool) -> None:
    """List findings, those that save most first."""
    asked = {"state": state, "check": check, "account_id": account_id, "least": least}
    items = connect().list_items("findings", params={name: value for name, value in asked.items() if value})
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, COLUMNS, empty="Nothing was found.")
    savings = connect().get("findings", "savings")
    say(f"Could be saved a month, each thing counted once: {', '.join(map(money_of, savings['open'])) or 'nothing'}.")


@findings.command()
@click.argument("finding_id")
@json_option
def show(finding_id: str, *, as_json: bool) -> None:
    """Show one finding: evidence, choices, remedy, and what became of it."""
    item = connect().get("findings", finding_id)
    if as_json:
        print_json(item)
        return
    print_facts(
        (
            ("check", item["check_title"]),
            ("resource", f"{item['resource']['native_id']} ({item['resource']['kind']})"),
            ("where", f"{item['resource']['account_id']} {item['resource']['region']}"),
            ("state", item["state"]),
            ("finding", item["finding"]),
            ("saving a month", f"{saving_of(item)}, {money_of(item['saving_least'])} to {money_of(item['saving_most'])}"),
            ("before commitments", money_of(item["saving_before_commitments"])),
            ("price from", item["price_source"]),
            ("confidence", item["confidence"]),
            ("risk", f"{item['risk']} of 4"),
            ("effort", item["effort"]),
            *(("evidence", _evidence(one)) for one in item["evidence"]),
            *(("choice", f"{one['target']}: {money_of(one['saving'])}, risk {one['risk']}") for one in item["choices"]),
            *(("remedy", line) for line in item["remedy"]["command"].splitlines()),
            ("terraform", item["remedy"]["terraform"]),
            ("console", item["remedy"]["console"]),
            *(
                (time_text(event["at"]), f"{event['state']} {event['actor_name']} {_pairs(event['details'])}".strip())
                for event in reversed(item["events"])
            ),
        )
    )


@findings.command()
@click.argument("finding_id")
@click.option("--due", metavar="YYYY-MM-DD", help="Until when it is to be done.")
@click.option("--owner", "owner_id", help="Id of the member who does it.")
@json_option
def accept(finding_id: str, due: str | None, owner_id: str | None, *, as_json: bool) -> None:
    """Take a finding on."""
    _moved(connect().post("findings", finding_id, "accept", body={"due_on": due, "owner_id": owner_id}), as_json=as_json)


@findings.command()
@click.argument("finding_id")
@click.option("--reason", required=True, help="Why it is not wanted.")
@click.option("--until", metavar="TIME", help="It is open again from then on, such as 2026-12-31T00:00:00Z.")
@json_option
def dismiss(finding_id: str, reason: str, until: str | None, *, as_json: bool) -> None:
    """Put a finding aside."""
    _moved(connect().post("findings", finding_id, "dismiss", body={"reason": reason, "until": until}), as_json=as_json)


@findings.command()
@click.argument("finding_id")
@json_option
def reopen(finding_id: str, *, as_json: bool) -> None:
    """Take back what was said of a finding."""
    _moved(connect().post("findings", finding_id, "reopen", body={}), as_json=as_json)


@findings.command()
@click.argument("finding_id")
@click.option("--at", "applied_at", metavar="TIME", help="When it was done; by default now.")
@json_option
def applied(finding_id: str, applied_at: str | None, *, as_json: bool) -> None:
    """Say that it was done; the bill then tells what it saved."""
    _moved(connect().post("findings", finding_id, "applied", body={"applied_at": applied_at}), as_json=as_json)


@findings.command()
@json_option
def checks(*, as_json: bool) -> None:
    """List the checks: options, how each went last, and what it counts."""
    items = connect().list_items("findings", "checks")
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    print_table(items, CHECK_COLUMNS, empty="There are no checks.")


@findings.command()
@json_option
def run(*, as_json: bool) -> None:
    """Run all checks now."""
    made = connect().post("findings", "runs", body={})
    if as_json:
        print_json(made)
        return
    say(f"Run {made['id']} began: {len(made['results'])} checks. `assay findings checks` shows how they go.")


@findings.command()
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--state", default="", help="As in `list`.")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def export(kind: str, state: str, path: Path) -> None:
    """Write findings to a file."""
    size = connect().save("findings", "export", params={"format": kind, "state": state}, target=path)
    say(f"{path}: {size:,} bytes.")


def _moved(item: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(item)
        return
    say(f"{item['check']} {item['resource']['native_id']} is {item['state']}.")


def _evidence(one: JsonObject) -> str:
    border = f" (border: {one['threshold']})" if one["threshold"] else ""
    days = f" over {one['days']} days" if one["days"] else ""
    return f"{one['what']}: {one['value']}{border}{days}"


def _pairs(values: JsonObject) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value)
