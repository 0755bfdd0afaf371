"""A curve small enough for a table's cell."""

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 88, 20, 2


def draw_points(values: Sequence[float]) -> str:
    """Coordinates of an SVG polyline, evenly spaced, the least value at the bottom; empty for fewer than two."""
    if len(values) < 2:
        return ""
    least, greatest = min(values), max(values)
    span = greatest - least
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    height = HEIGHT - 2 * MARGIN
    shares = [(value / 2 - least / 2) / (span / 2) if 0 < span < float("inf") else 0.5 for value in values]
    return " ".join(f"{MARGIN + step * place:.1f},{MARGIN + height * (1 - share):.1f}" for place, share in enumerate(shares))
