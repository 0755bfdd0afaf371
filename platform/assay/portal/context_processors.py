"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """principal: who is signed in, and for which organization; None on public pages."""
    return {"principal": getattr(request, "principal", None)}
