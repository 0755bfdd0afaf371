"""Small pieces that every page is made of: icons, money, states, times."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assay.core import amounts
from assay.core.clock import now
from assay.costs.domain.run_costs import RunCostView
from assay.portal.domain import numbers, states
from assay.portal.domain.chips import make_chip

register = template.Library()

register.filter("metric", numbers.format_metric)
register.filter("size", numbers.format_size)
register.filter("length_of_time", numbers.format_duration)
register.filter("shorten_number", numbers.shorten_number)


@register.filter
def breakable(text: str) -> SafeString:
    """Lets a long key break after its dots, slashes and underscores."""
    return format_html_join("", "{}<wbr>", ((part,) for part in re.split(r"(?<=[._/-])", text)))


@register.filter
def count(number: int) -> str:
    return f"{number:,}"


@register.filter
def param(params: Mapping[str, object], name: str) -> str:
    """A value of a trial; long decimals are shortened."""
    value = params.get(name)
    return "–" if value is None else numbers.format_metric(value) if isinstance(value, float) else str(value)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; without a label it is decoration and hidden from screen readers."""
    href = f"{static('vendor/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.simple_tag
def money(amount: Decimal | str | None, currency: str) -> SafeString:
    """A bare amount of the bill; hover shows every digit. None, and the empty text of a missing one, are a dash."""
    if not isinstance(amount, Decimal):
        return format_html('<span class="num muted">{}</span>', "–")
    return format_html(
        '<span class="num" title="{}">{}</span>',
        amounts.format_exact(amount, currency),
        amounts.format_amount(amount, currency),
    )


@register.simple_tag
def cost(view: RunCostView | None) -> SafeString:
    """The money chip of a run: amount and how sure it is."""
    chip = make_chip(view)
    return format_html(
        '<span class="chip chip-{}" title="{}">{}<small>{}</small></span>', chip.state, chip.hint, chip.amount, chip.word
    )


@register.simple_tag
def change(before: Decimal, after: Decimal, currency: str) -> SafeString:
    """Difference to an earlier amount; more spend is marked as up, not as bad."""
    direction = "up" if after > before else "down" if after < before else "same"
    return format_html('<span class="change change-{}">{}</span>', direction, amounts.format_change(before, after, currency))


@register.simple_tag
def delta(amount: Decimal, currency: str) -> SafeString:
    """A part of a difference, with its sign."""
    direction = "up" if amount > 0 else "down" if amount < 0 else "same"
    sign = "+" if amount > 0 else ""
    return format_html(
        '<span class="change change-{}" title="{}">{}{}</span>',
        direction,
        amounts.format_exact(amount, currency),
        sign,
        amounts.format_amount(amount, currency),
    )


@register.filter
def plain(number: Decimal) -> str:
    """A quantity with every digit that tells."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.simple_tag
def share(part: Decimal, whole: Decimal) -> str:
    return amounts.format_ratio(part, whole)


@register.simple_tag
def status(value: str) -> SafeString:
    """Badge of a run's, trial's, sweep's or import's state: colour and shape both tell."""
    look = states.look_of(str(value))
    href = f"{static('vendor/icons.svg')}#{look.icon}"
    return format_html(
        '<span class="state state-{}"><svg class="icon" aria-hidden="true"><use href="{}"></use></svg>{}</span>',
        look.tone,
        href,
        look.label,
    )


@register.simple_tag
def ago(at: datetime | None) -> SafeString:
    """Relative time, absolute on hover."""
    if at is None:
        return format_html('<span class="muted">{}</span>', "–")
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        at.isoformat(),
        f"{at:%Y-%m-%d %H:%M:%S} UTC",
        numbers.format_ago(now() - at),
    )


@register.simple_tag
def lasted(started_at: datetime | None, ended_at: datetime | None, status: str = "") -> str:
    """How long something ran, or runs so far; unknown for what ended nobody knows when."""
    if started_at is None or (ended_at is None and status and str(status).lower() not in states.UNENDED):
        return "–"
    return numbers.format_duration((ended_at or now()) - started_at)
