"""How answers are shown: JSON as the server gave it, or tables for people."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assay_client.server import JsonObject

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
WIDE = 200
WHOLE_UNITS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF"})


@dataclass(frozen=True, slots=True)
class Column:
    """title: heading. read: an item's text in this column."""

    title: str
    read: Callable[[JsonObject], object]
    right: bool = False


def field(title: str, *path: str, right: bool = False) -> Column:
    return Column(title, lambda item: dig(item, *path), right)


def dig(item: Any, *path: str) -> Any:
    """The value at the end of the path; None where an object lacks the name or is null."""
    for name in path:
        item = item.get(name) if isinstance(item, dict) else None
    return item


def print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(items: Iterable[JsonObject], columns: Sequence[Column], *, empty: str) -> None:
    rows = [[as_text(column.read(item)) for column in columns] for item in items]
    if not rows:
        print(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.title, justify="right" if column.right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    _console().print(table)


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    lines = [(as_text(name), as_text(value)) for name, value in facts]
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        print(f"{name:<{width}}  {value}")


def as_text(value: object) -> str:
    """What a server says is data: control characters would move the terminal's cursor, so they are shown as such."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return CONTROLS.sub("�", text)


def money_text(amount: object, currency: object = "") -> str:
    """Rounded half-even for reading; exact figures are in --json."""
    if amount is None:
        return "-"
    exact = Decimal(str(amount))
    step = Decimal(1) if currency in WHOLE_UNITS else Decimal("0.01")
    shown = exact.quantize(step, rounding=ROUND_HALF_EVEN)
    if exact and not shown:
        return f"{'<' if exact > 0 else '>-'}{step} {currency}".strip()
    return f"{shown:,} {currency}".strip()


def money_of(value: object) -> str:
    return money_text(dig(value, "amount"), dig(value, "currency") or "")


def time_text(value: object) -> str:
    """An ISO time to the minute, UTC as the server says it."""
    if not isinstance(value, str):
        return "-"
    try:
        return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M}"
    except ValueError:
        return value


def say(text: str) -> None:
    """Progress and remarks go to stderr, so that stdout holds the answer alone."""
    print(text, file=sys.stderr, flush=True)


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=WIDE)
