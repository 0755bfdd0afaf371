"""One colour for each run, the same in every chart of a page; and colours for values."""

from collections.abc import Sequence

PALETTE = ("#2a87d0", "#ee7733", "#009988", "#cc6677", "#ddaa33", "#33bbee", "#aa4499", "#999933", "#88a0ad", "#bb5522")
"""As static/js/charts/theme.js has them: told apart with any kind of colour vision, on light and on dark ground."""

LOW, HIGH = (42, 135, 208), (238, 119, 51)
UNKNOWN = "#88a0ad"
GOLDEN_ANGLE = 137.508


def colour_run(place: int) -> str:
    """place: of the run among those compared, from 0. The eleventh and further are hues far from one another."""
    if place < len(PALETTE):
        return PALETTE[place]
    return f"hsl({round(place * GOLDEN_ANGLE % 360)}, 55%, {45 + place % 3 * 7}%)"


def colour_values(values: Sequence[float | None]) -> list[str]:
    """From blue for the least to orange for the greatest; grey for none."""
    known = [value for value in values if value is not None]
    least, greatest = min(known, default=0.0), max(known, default=0.0)
    span = greatest - least
    return [UNKNOWN if value is None else _between((value - least) / span if span else 0.5) for value in values]


def _between(share: float) -> str:
    red, green, blue = (round(low + (high - low) * share) for low, high in zip(LOW, HIGH, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"
