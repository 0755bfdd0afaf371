"""What is shown of a machine's needs: each dimension with what it was compared with, and what is not known."""

from collections.abc import Iterable

from assay.recommendations.domain.found import Evidence
from assay.recommendations.domain.rightsizing.candidates import Work
from assay.recommendations.domain.rightsizing.confidence import Doubt
from assay.recommendations.domain.rightsizing.dimensions import UNITS, Dimension, capacities
from assay.recommendations.domain.rightsizing.needs import METRICS
from assay.recommendations.domain.rightsizing.presets import Preset
from assay.recommendations.domain.rightsizing.window import Window


def evidence_of(work: Work, window: Window, preset: Preset, doubts: Iterable[Doubt]) -> tuple[Evidence, ...]:
    held = capacities(work.machine)
    days = max(1, round(window.span.total_seconds() / 86_400))
    shown = [
        Evidence(
            what=f"{dimension} needed: P{preset.percentile:g} of maxima in the highest week",
            value=f"{amount(need.amount, dimension)}; likely in two weeks {amount(need.likely, dimension)}",
            threshold=f"{amount(capacity, dimension)} held; {preset.headroom(dimension):.0%} stays free",
            metric=METRICS[dimension][0],
            days=days,
        )
        for dimension, need in work.needs.items()
        if (capacity := held[dimension]) is not None
    ]
    return (*shown, *(Evidence(what="Not certain", value=one.why, days=days) for one in doubts))


def amount(value: float, dimension: Dimension) -> str:
    """As a person reads it, with its unit."""
    digits = f"{value:,.0f}" if value >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{digits} {UNITS[dimension]}"
