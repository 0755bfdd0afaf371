"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from assay.accounts.selectors import memberships
from assay.portal.domain.navigation import list_groups

THEMES = ("light", "dark")


def frame(request: HttpRequest) -> dict[str, Any]:
    """principal: who is signed in, and for which organization; None on public pages. theme: light, dark or auto."""
    principal = getattr(request, "principal", None)
    chosen = request.COOKIES.get("theme", "auto")
    context: dict[str, Any] = {
        "principal": principal,
        "theme": chosen if chosen in THEMES else "auto",
        "error_layout": "layouts/app.html" if principal else "layouts/public.html",
    }
    if principal is not None:
        context["navigation"] = list_groups(principal)
        context["own_organizations"] = SimpleLazyObject(lambda: memberships.list_organizations(principal.user_id))
    return context
