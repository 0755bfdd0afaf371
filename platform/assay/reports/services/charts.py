"""Charts that a mail shows inside its text."""

import io
from decimal import Decimal
from typing import TYPE_CHECKING

from assay.core.amounts import format_amount
from assay.reports.domain.figures import OTHER, DailyCosts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_INCHES, HEIGHT_INCHES = 5.36, 2.8
"""At 100 pixels an inch as wide as the text of a mail."""

DOTS_PER_INCH = 200
COLOURS = ("#0077bb", "#ee7733", "#009988", "#cc6677", "#ddaa33", "#33bbee", "#aa4499", "#999933")
COLOUR_OF_OTHER = "#88a0ad"
INK, SOFT, RULE = "#1d2a31", "#5a6a72", "#dfe5e8"


def draw_daily_costs(daily: DailyCosts, *, currency: str) -> bytes:
    """A bar per day, stacked by service; credits hang below zero. returns: PNG, twice as dense as it is shown."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DOTS_PER_INCH, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _stack(axes, daily)
    _dress(axes, daily, currency)
    legend = figure.legend(
        loc="outside lower left", ncols=2, fontsize=8, frameon=False, labelcolor=INK, handlelength=0.9, handleheight=0.9
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    png = io.BytesIO()
    figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()


def _stack(axes: "Axes", daily: DailyCosts) -> None:
    places = range(len(daily.days))
    above, below = [0.0] * len(places), [0.0] * len(places)
    for number, (name, amounts) in enumerate(daily.series.items()):
        heights = [float(amount) for amount in amounts]
        bottoms = [(above if height >= 0 else below)[place] for place, height in enumerate(heights)]
        colour = COLOUR_OF_OTHER if name == OTHER else COLOURS[number % len(COLOURS)]
        axes.bar(places, heights, bottom=bottoms, width=0.66, color=colour, label=_shorten(name), zorder=2)
        for place, height in enumerate(heights):
            (above if height >= 0 else below)[place] += height


def _dress(axes: "Axes", daily: DailyCosts, currency: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_xticks(range(len(daily.days)), [f"{day:%a} {day.day}" for day in daily.days], fontsize=8.5, color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: format_tick(value, currency)))
    axes.tick_params(axis="y", labelsize=8.5, labelcolor=SOFT, length=0)
    axes.tick_params(axis="x", length=0)
    axes.grid(axis="y", color=RULE, linewidth=0.6, zorder=0)
    axes.axhline(0, color=RULE, linewidth=1, zorder=1)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)


def format_tick(value: float, currency: str) -> str:
    """An amount on the axis, without needless cents: the axis carries pixels, never figures."""
    return format_amount(Decimal(f"{value:.6f}"), currency).removesuffix(".00")


def describe_daily_costs(daily: DailyCosts, *, currency: str) -> str:
    """What the chart says, for those who cannot see it."""
    totals = [sum(column, Decimal(0)) for column in zip(*daily.series.values(), strict=True)]
    days = [f"{day:%A} {format_amount(total, currency)}" for day, total in zip(daily.days, totals, strict=False)]
    return f"Cost per day, stacked by service: {', '.join(days)}."


def _shorten(name: str) -> str:
    """For the legend, which would leave out names that start with an underscore."""
    name = name.lstrip("_") or "unnamed"
    return name if len(name) <= 38 else f"{name[:37]}…"
