"""Notes that offer to take back what was just done."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html, format_html_join


def offer_undo(request: HttpRequest, text: str, *, action: str, fields: Mapping[str, Sequence[str]]) -> None:
    """Say what was done, with a button that posts the fields to the action."""
    pairs = [("csrfmiddlewaretoken", get_token(request)), *((name, one) for name, values in fields.items() for one in values)]
    form = format_html(
        '<form class="undo" method="post" action="{}">{}<button class="btn btn-sm">Undo</button></form>',
        action,
        format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs),
    )
    messages.success(request, format_html("{} {}", text, form))
