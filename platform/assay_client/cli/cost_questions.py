"""`assay costs show, explain, charges`: what the bill says."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from assay_client.cli.output import Column, field, money_text, print_json, print_table, say, time_text
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject, Params

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m"])
DIMENSIONS = "service, service_category, account, region, day, month, resource, charge_category, provider, instance_type"
FILTER_HELP = "Condition, for example \"service = 'Amazon S3' and tags.team in ('vision', 'nlp')\"."
Command = Callable[..., Any]


def days(start: datetime | None, end: datetime | None) -> Params:
    given = {"from": start, "to": end}
    return {name: f"{day:%Y-%m-%d}" for name, day in given.items() if day is not None}


def days_options(command: Command) -> Command:
    command = click.option("--to", "end", type=DAY, help="Day after the last, YYYY-MM-DD (UTC).")(command)
    return click.option("--from", "start", type=DAY, help="First day, YYYY-MM-DD (UTC).")(command)


def _charge_options(command: Command) -> Command:
    command = click.option("--filter", "condition", default="", help=FILTER_HELP)(command)
    command = click.option(
        "--credits", "credit", type=click.Choice(["included", "excluded"]), default="included", show_default=True
    )(command)
    bases = click.Choice(["effective", "billed", "contracted", "list"])
    return days_options(click.option("--basis", type=bases, default="effective", show_default=True)(command))


def _params(start: datetime | None, end: datetime | None, basis: str, credit: str, condition: str) -> Params:
    asked = {"basis": basis, "credits": credit, "filter": condition}
    return {name: value for name, value in asked.items() if value} | days(start, end)


@click.command()
@click.option("--group-by", multiple=True, help=f"At most two of: {DIMENSIONS}, tags.KEY, a FOCUS column.")
@click.option("--granularity", type=click.Choice(["hour", "day", "week", "month"]), help="A column for each.")
@click.option("--compare", default="", help="previous, or days like 2026-01-01..2026-02-01.")
@click.option("--top", default=50, show_default=True, help="How many groups are named; the rest is one row.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write every group to FILE.csv or FILE.parquet.",
)
@_charge_options
@json_option
def show(
    group_by: tuple[str, ...], granularity: str | None, compare: str, top: int, out: Path | None, as_json: bool, **asked: Any
) -> None:
    """Show what was spent, grouped."""
    names = [name for text in group_by or ("service",) for name in text.split(",")]
    extra = {"group_by": ",".join(names), "granularity": granularity, "compare": compare, "top": str(top)}
    params = _params(**asked) | {name: value for name, value in extra.items() if value}
    if out is not None:
        _download(out, params)
        return
    answer = connect().get("costs", "summary", params=params)
    if as_json:
        print_json(answer)
        return
    print_table(_rows(answer, names), _columns(answer, names, asked["basis"]), empty="No charges in these days.")
    _remark(answer)


def _download(out: Path, params: Params) -> None:
    kind = out.suffix.removeprefix(".")
    if kind not in ("csv", "parquet"):
        raise click.BadParameter("end the name with .csv or .parquet.", param_hint="--out")
    out.write_bytes(connect().download("costs", f"summary.{kind}", params=params | {"top": "100000"}))
    say(f"Wrote {out}.")


def _rows(answer: JsonObject, names: list[str]) -> list[JsonObject]:
    if not answer["rows"]:
        return []
    rest = answer.get("rest")
    others = [] if rest is None else [{**rest, "key": {names[0]: "everything else"}}]
    total = {"amount": answer.get("total"), "before": answer.get("total_before"), "series": answer.get("step_totals")}
    return [*answer["rows"], *others, {**total, "key": {names[0]: "total"}}]


def _columns(answer: JsonObject, names: list[str], basis: str) -> list[Column]:
    currency = answer.get("currency") or ""
    columns = [field(name, "key", name) for name in names]
    columns += [_step_column(i, step, currency) for i, step in enumerate(answer.get("steps") or [])]
    columns.append(Column(f"{basis} cost", lambda row: money_text(row.get("amount"), currency), right=True))
    if answer.get("before"):
        columns.append(Column("before", lambda row: money_text(row.get("before"), currency), right=True))
    return columns


def _step_column(place: int, step: str, currency: str) -> Column:
    return Column(step, lambda row: money_text((row.get("series") or [None] * (place + 1))[place], currency), right=True)


def _remark(answer: JsonObject) -> None:
    if answer.get("other_currencies"):
        say(f"There are charges in {', '.join(answer['other_currencies'])} too, which are in no sum.")
    until, shown = answer.get("complete_until"), (answer.get("interval") or {}).get("end")
    if until and shown and until < shown:
        say(f"Charges from {time_text(until)} UTC on may still be added.")


@click.command()
@click.option("--compare", default="previous", show_default=True, help="previous, or days like 2026-01-01..2026-02-01.")
@_charge_options
@json_option
def explain(compare: str, as_json: bool, **asked: Any) -> None:
    """Explain why costs changed: price, usage, discount, new and gone resources."""
    answer = connect().get("costs", "changes", params=_params(**asked) | {"compare": compare})
    if as_json:
        print_json(answer)
        return
    currency = answer.get("currency") or ""
    causes = [{"name": name, "amount": amount} for name, amount in answer["causes"].items()]
    total = {"name": "change", "amount": answer["change"]}
    amount = Column("amount", lambda row: money_text(row.get("amount"), currency), right=True)
    print_table([*causes, total] if causes else [], [field("cause", "name"), amount], empty="Nothing changed.")
    change = Column("change", lambda row: money_text(row.get("change"), currency), right=True)
    things = [field(name, name) for name in ("account", "service", "region", "resource", "sku")]
    why = Column("why", lambda row: ", ".join(f"{name} {money_text(part)}" for name, part in row["causes"].items()))
    print_table(answer["drivers"], [*things, change, why], empty="")


@click.command()
@click.option("--limit", default=50, show_default=True, help="How many rows of the bill.")
@_charge_options
@json_option
def charges(limit: int, as_json: bool, **asked: Any) -> None:
    """List rows of the bill, the largest first."""
    items = connect().list_items("costs", "charges", params=_params(**asked), limit=limit)
    if as_json:
        print_json({"items": items, "next_cursor": None})
        return
    basis = asked["basis"]
    columns = (
        Column("start", lambda item: time_text(item.get("started_at"))),
        *(field(name, name) for name in ("category", "service", "account", "region", "resource", "description")),
        Column(f"{basis} cost", lambda item: money_text(item["costs"].get(basis), item.get("currency") or ""), right=True),
    )
    print_table(items, columns, empty="No charges in these days.")
