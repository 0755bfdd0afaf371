"""Addresses of the protocol: each stands twice, since the web pages of MLflow use the same below /ajax-api."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from assay.tracking.api.mlflow.calls import Endpoint, View, open_view, serve
from assay.tracking.api.mlflow.errors import guard, refuse_method

ROOTS = ("api/2.0", "ajax-api/2.0")
NEW_ROOTS = ("api/3.0", "ajax-api/3.0")


def routes(name: str, roots: Sequence[str] = ROOTS, /, **by_method: Endpoint) -> list[URLPattern]:
    view = serve(**by_method)
    return [path(f"{root}/{name}", view) for root in roots]


def files(**by_method: Callable[..., HttpResponseBase]) -> View:
    """As serve, for bytes instead of JSON."""

    def act(request: HttpRequest, **parts: str) -> HttpResponseBase:
        transfer = by_method.get("GET" if request.method == "HEAD" else request.method or "")
        return refuse_method(request, by_method) if transfer is None else transfer(request, **parts)

    return open_view(lambda request, **parts: guard(request, lambda: act(request, **parts)))
