"""Text that people wrote, as a page: Markdown without HTML, pictures or scripts."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")
"""Escapes HTML, and refuses addresses that are scripts; pictures would ask other hosts who reads."""


@register.filter
def markdown(text: str) -> SafeString:
    shown: str = _MARKDOWN.render(text)
    return mark_safe(shown)  # noqa: S308  its renderer escapes everything, as the tests prove


@register.filter
def without_group(key: str, label: str) -> str:
    """`loss` of `train/loss` below the heading `train`."""
    return key.removeprefix(f"{label}/") if label else key
