"""/api/v1: every app's routers under one roof, with OpenAPI at /api/v1/docs."""

from collections.abc import Callable, Sequence
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI, Router

from assay import __version__
from assay.accounts.api.authentication import TokenOrSession, in_scope
from assay.accounts.api.errors import answer_method, answer_missing, install_errors
from assay.accounts.api.v1 import router as accounts
from assay.clouds.api.reporting import router as inventory_reports
from assay.clouds.api.v1 import router as inventory
from assay.core.http import scope_exempt
from assay.costs.api.checks import router as checks
from assay.costs.api.connections import router as connections
from assay.costs.api.exports import router as exports
from assay.costs.api.imports import router as imports
from assay.costs.api.resources import router as resources
from assay.costs.api.sources import router as sources
from assay.costs.api.v1 import router as costs
from assay.leaderboards.api.v1 import router as leaderboards
from assay.portal.api.datasets import router as datasets
from assay.portal.api.v1 import router as runs
from assay.recommendations.api.checks import router as saving_checks
from assay.recommendations.api.commitments import router as commitments
from assay.recommendations.api.findings import router as findings
from assay.recommendations.api.runs import router as run_sizing
from assay.registry.api.v1 import router as models
from assay.registry.api.webhooks import router as webhooks
from assay.reports.api.v1 import router as reports
from assay.tracking.api.v1 import router as run_contents
from assay.tuning.api.v1 import router as tuning

ROUTERS = (
    accounts,
    runs,
    datasets,
    run_contents,
    imports,
    sources,
    connections,
    inventory,
    inventory_reports,
    exports,
    costs,
    checks,
    resources,
    saving_checks,
    findings,
    commitments,
    run_sizing,
    tuning,
    leaderboards,
    models,
    webhooks,
    reports,
)

View = Callable[..., HttpResponseBase]

DESCRIPTION = """Everything that the portal shows and the command line does.

Send an API token as `Authorization: Bearer <token>`. Errors are `{"error": {"code", "message", "details"}}`; lists are
`{"items": [...], "next_cursor": null}`; money is `{"amount": "12.43", "currency": "USD"}`; times are UTC."""


def build_api(routers: Sequence[Router]) -> NinjaAPI:
    api = NinjaAPI(title="Assay", version=__version__, description=DESCRIPTION, urls_namespace="api-1", auth=TokenOrSession())
    api.add_decorator(in_scope)
    install_errors(api)
    for router in routers:
        api.add_router("", router)
    return api


def answer_in_json(view: View) -> View:
    """Also what ninja itself answers in plain text."""

    @wraps(view, updated=())
    def answered(request: HttpRequest, /, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            return answer_missing(request, error)
        return answer_method(request, response["Allow"]) if isinstance(response, HttpResponseNotAllowed) else response

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # TokenOrSession checks it for sessions
    return scope_exempt(answered)


@scope_exempt
def unknown_route(request: HttpRequest) -> HttpResponseBase:
    return answer_missing(request, Http404)


unknown_route.csrf_exempt = True  # type: ignore[attr-defined]  # the answer is the same with and without a token


def build_urls(api: NinjaAPI) -> Sequence[URLPattern | URLResolver]:
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        pattern.callback = answer_in_json(pattern.callback)  # type: ignore[arg-type]  # a pattern of ninja has a view
    return [path("api/v1/", (patterns, app_name, namespace)), re_path(r"^api/v1(?:/.*)?$", unknown_route)]


urlpatterns = build_urls(build_api(ROUTERS))
