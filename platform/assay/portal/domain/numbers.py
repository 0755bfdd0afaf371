"""Metrics, durations and sizes as people read them."""

import math
from datetime import timedelta

SIZE_UNITS = ("B", "kB", "MB", "GB", "TB")


def format_metric(value: float) -> str:
    """Five significant digits without noise: `0.97312`, `1.2e-07`, `12,345`, `NaN`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if 1e-4 <= abs(value) < 1e5:
        return f"{value:,.5g}" if abs(value) < 1000 else f"{value:,.2f}"
    return f"{value:.4g}"


def shorten_number(text: str) -> str:
    """A param as it stands, unless it is a number with more digits than anybody reads."""
    if len(text) <= 10:
        return text
    try:
        return format_metric(float(text))
    except (ValueError, OverflowError):
        return text


def format_duration(length: timedelta) -> str:
    """Two units at most: `480 ms`, `12 s`, `3 min 4 s`, `2 h 10 min`, `5 d 3 h`."""
    seconds = length.total_seconds()
    if seconds < 0:
        return "–"
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{int(seconds)} s"
    whole = int(seconds)
    if whole < 3600:
        return _two_units(whole, 60, "min", 1, "s")
    if whole < 86_400:
        return _two_units(whole, 3600, "h", 60, "min")
    return _two_units(whole, 86_400, "d", 3600, "h")


def _two_units(seconds: int, size: int, unit: str, part: int, below: str) -> str:
    rest = seconds % size // part
    return f"{seconds // size} {unit} {rest} {below}" if rest else f"{seconds // size} {unit}"


def format_size(size_bytes: int) -> str:
    """`830 B`, `1.2 MB`."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    power = min((len(str(size_bytes)) - 1) // 3, len(SIZE_UNITS) - 1)
    return f"{size_bytes / 1000**power:.1f} {SIZE_UNITS[power]}"


def format_ago(length: timedelta) -> str:
    """`just now`, `3 min ago`, `2 h ago`, `5 days ago`; `in 3 min` for the future."""
    seconds = int(length.total_seconds())
    amount = _rough(abs(seconds))
    if amount is None:
        return "just now"
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


def _rough(seconds: int) -> str | None:
    if seconds < 45:
        return None
    for unit, size, limit in (("min", 60, 3600), ("h", 3600, 86_400), ("day", 86_400, 86_400 * 60)):
        if seconds < limit:
            count = max(1, round(seconds / size))
            return f"{count} {unit}{'s' if unit == 'day' and count != 1 else ''}"
    months = round(seconds / (86_400 * 30.44))
    return f"{months} months" if months < 24 else f"{round(months / 12)} years"
