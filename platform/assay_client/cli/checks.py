"""`assay costs check`: whether FOCUS's rules hold in the ledger."""

import sys

import click

from assay_client.cli.output import as_text, print_json, say
from assay_client.cli.session import connect, json_option
from assay_client.server import JsonObject

BROKEN = 3
"""Exit code; 1 and 2 say that the question itself failed."""


@click.command()
@click.option("--source", help="Only charges of this billing source.")
@click.option("--period", metavar="YYYY-MM", help="Only charges of this billing period.")
@click.option("--strict", is_flag=True, help="Also fail for what is merely unusual.")
@json_option
def check(source: str | None, period: str | None, *, strict: bool, as_json: bool) -> None:
    """Check FOCUS's rules of money and form over the ledger.

    Exit code 3 when a required rule is broken.
    """
    asked = {"source": source, "period": period}
    found = connect().get("costs", "checks", params={name: value for name, value in asked.items() if value})
    if as_json:
        print_json(found)
    else:
        _print(found)
    if not found["ok"] or (strict and not all(item["ok"] for item in found["items"])):
        sys.exit(BROKEN)


def _print(found: JsonObject) -> None:
    failing = sorted((item for item in found["items"] if not item["ok"]), key=lambda item: item["standing"] != "required")
    for item in failing:
        word = "BROKEN" if item["standing"] == "required" else "unusual"
        number = f"{item['number']}. " if item["number"] else ""
        print(f"{word}  {number}{as_text(item['title'])}: {item['failing']:,} of {item['checked']:,}  [{item['name']}]")
        for example in item["examples"]:
            print(f"    {_pairs(example['place'])}: {_pairs(example['values'])}")
    concerned = [item for item in found["items"] if item["checked"]]
    held = sum(item["ok"] for item in concerned)
    say(f"{found['rows']:,} charges; {held} of {len(concerned)} checks that concern them hold.")


def _pairs(values: JsonObject) -> str:
    return ", ".join(f"{as_text(name)} {as_text(value)}" for name, value in values.items())
