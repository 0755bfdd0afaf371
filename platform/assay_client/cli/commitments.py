"""`assay commitments`: how reservations and Savings Plans are used, and which to buy."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from assay_client.cli.cost_questions import days, days_options
from assay_client.cli.output import Column, as_text, dig, field, money_text, print_json, print_table, say
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject

PLANS = ("EC2 Instance", "Compute", "SageMaker", "Database")
PAYMENTS = ("no upfront", "partial upfront", "all upfront")


@click.group()
def commitments() -> None:
    """Reservations and Savings Plans: utilization, coverage, advice."""


@commitments.command()
@days_options
@json_option
def show(start: datetime | None, end: datetime | None, as_json: bool) -> None:
    """Show how each commitment was used, what lay idle, coverage and savings rates; without days, of the last 30 complete ones."""
    found = connect().get("commitments", params=days(start, end))
    if as_json:
        print_json(found)
        return
    money = _money_in(found["currency"])
    columns = (
        field("commitment", "name"),
        field("type", "type"),
        Column("an hour", lambda item: money(item["per_hour"]), right=True),
        Column("utilization", lambda item: percent(dig(item, "use", "utilization")), right=True),
        Column("unused", lambda item: money(dig(item, "use", "unused")), right=True),
        Column("net saving", lambda item: money(dig(item, "use", "net_saving")), right=True),
        Column("ends by", lambda item: (item["ends_by"] or "-")[:10]),
    )
    print_table(found["items"], columns, empty="The bill of these days names no commitment.")
    for item in found["items"]:
        if item["hint"]:
            say(
                f"{as_text(item['name'])}: {money(item['hint']['monthly'])} a month lie idle. {as_text(item['hint']['reason'])}"
            )
    coverage = found["coverage"]
    say(f"{found['start'][:10]} to {found['end'][:10]} (UTC, end exclusive).")
    say(f"Coverage {percent(coverage['coverage'])}: {money(coverage['uncovered'])} that could be covered ran on demand.")
    for rate in found["savings_rates"]:
        say(f"Effective savings rate {percent(rate['rate'])}: {as_text(rate['scope'])}.")


@commitments.command()
@click.option("--days", "lookback", default=90, show_default=True, help="Complete days to look at.")
@click.option(
    "--risk",
    type=click.Choice(["default", "cautious", "none"]),
    default="default",
    show_default=True,
    help="default never loses when usage falls by 30 %, cautious by 50 %.",
)
@click.option("--term", type=click.Choice(["1", "3"]), help="Only offers of so many years.")
@click.option("--payment", type=click.Choice(PAYMENTS), help="Only offers paid so.")
@click.option(
    "--rates",
    type=click.File(encoding="utf-8"),
    help="CSV of plan, scope, term_years, payment, region, meter, ratio, source; - reads standard input.",
)
@click.option("--queued", multiple=True, metavar="PLAN=AMOUNT", help="Bought and not yet in the bill, an hour: Compute=1.5.")
@click.option("--expiring", multiple=True, metavar="ID", help="A commitment whose usage will need a new one.")
@click.option("--offer", default="", help="Also purchases of other sizes of this offer, with their regret.")
@json_option
def advise(lookback: int, rates: Any, queued: tuple[str, ...], offer: str, as_json: bool, **asked: Any) -> None:
    """Say which Savings Plans to buy, and at what size. Buys nothing."""
    body: JsonObject = {"days": lookback, "queued": [_read_queued(text) for text in queued], "offer": offer}
    body |= {"rates": rates.read() if rates else "", "risk": asked["risk"], "expiring": list(asked["expiring"])}
    body |= {"payment": asked["payment"], "term_years": int(asked["term"]) if asked["term"] else None}
    found = connect().post("commitments", "advice", body=body)
    if as_json:
        print_json(found)
        return
    _print_advice(found)


def _read_queued(text: str) -> JsonObject:
    plan, _, amount = text.partition("=")
    if plan not in PLANS or not amount:
        raise click.BadParameter(f"{text!r} is no PLAN=AMOUNT; plans are {', '.join(PLANS)}.", param_hint="--queued")
    return {"plan": plan, "commitment": amount}


def _print_advice(found: JsonObject) -> None:
    money = _money_in(found["currency"])
    columns = (
        field("buy", "offer"),
        Column("an hour", lambda item: money(item["commitment"]), right=True),
        Column("saves a month", lambda item: money(item["saving_monthly"]), right=True),
        Column("used", lambda item: percent(item["utilization"]), right=True),
        Column("used at P10", lambda item: percent(item["p10"]), right=True),
        Column("held back", lambda item: percent(dig(item, "backtest", "captured")), right=True),
        Column("upfront", lambda item: money(item["upfront"]), right=True),
        Column("breaks even", lambda item: _month(item["break_even_month"])),
        field("rates from", "source"),
    )
    print_table(found["items"], columns, empty="Nothing to buy: no offer would save anything within the risk.")
    others = [item for item in found["alternatives"] if item["offer"] not in {one["offer"] for one in found["items"]}]
    if others:
        say("Instead of it, each by itself:")
        print_table(others, columns, empty="")
    for size in found["purchases"]:
        print(f"{money(size['commitment'])} an hour saves {money(size['saving'])}, {money(size['regret'])} less than the best")
    for one in found["unrated"][:5]:
        say(
            f"No rate is known for {as_text(one['meter'])} ({as_text(one['region'])}): {money(one['spend'])} on demand. Give --rates."
        )
    say(
        f"Looked at {found['start'][:10]} to {found['end'][:10]} (UTC, end exclusive): {money(found['demand'])} on demand that could be covered."
    )


def percent(share: object) -> str:
    return "-" if share is None else f"{float(str(share)) * 100:.1f} %"


def _month(number: object) -> str:
    return "-" if number is None else f"month {number}"


def _money_in(currency: object) -> Callable[[object], str]:
    return lambda amount: money_text(amount, currency)
