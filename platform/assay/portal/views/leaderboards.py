"""Leaderboards: quality against dollars."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.leaderboards.domain.rankings import Direction
from assay.leaderboards.domain.values import Included
from assay.leaderboards.selectors.leaderboards import list_leaderboards
from assay.leaderboards.selectors.rankings import rank
from assay.leaderboards.services.leaderboards import LeaderboardDraft, create_leaderboard, delete_leaderboard
from assay.portal.domain.pages import read_page
from assay.portal.domain.pareto import describe_pareto, find_last_step
from assay.portal.forms.leaderboards import LeaderboardForm
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import apply_form, perform
from assay.tracking.domain.queries import ExperimentQuery
from assay.tracking.domain.values import ExperimentView
from assay.tracking.selectors.experiments import list_experiments
from assay.tracking.selectors.metrics import list_metric_keys

ROWS_PER_PAGE = 100
MOST_EXPERIMENTS = 500


@page()
def show_leaderboards(request: MemberRequest) -> HttpResponse:
    context = {
        "section": "leaderboards",
        "boards": list_leaderboards(request.principal.organization_id),
        "may_write": request.principal.may(Permission.TRACKING_WRITE),
    }
    return render(request, "leaderboards/list.html", context)


@page()
def show_leaderboard(request: MemberRequest, leaderboard_id: UUID) -> HttpResponse:
    included = Included.ALL if request.GET.get("included") == Included.ALL else Included.FINISHED
    view = rank(request.principal.organization_id, leaderboard_id, included=included)
    at = read_page(request.GET.get("page", ""), total=len(view.rows), size=ROWS_PER_PAGE)
    addresses = [reverse("run", args=[row.run.id]) for row in view.rows]
    context = {
        "section": "leaderboards",
        "view": view,
        "board": view.leaderboard,
        "rows": view.rows[at.offset : at.end],
        "page": at,
        "chart": describe_pareto(view, addresses=addresses),
        "last_step": find_last_step(view.front),
        "may_write": request.principal.may(Permission.TRACKING_WRITE),
    }
    return render(request, "leaderboards/show.html", context)


@page(Permission.TRACKING_WRITE, methods="GET POST")
def make_leaderboard(request: MemberRequest) -> HttpResponse:
    organization_id = request.principal.organization_id
    experiments = list_experiments(organization_id, ExperimentQuery(limit=MOST_EXPERIMENTS)).experiments
    chosen = _find_chosen(experiments, request.GET.get("experiment", ""))
    initial = {"experiment": str(chosen.id), "name": f"{chosen.name}: best for its price"} if chosen else {}
    form = LeaderboardForm(request.POST if request.method == "POST" else None, experiments=experiments, initial=initial)
    made: list[UUID] = []
    if request.method == "POST" and apply_form(form, lambda: made.append(_create(request, form))):
        return redirect("leaderboard", made[0])
    context = {
        "section": "leaderboards",
        "form": form,
        "metric_keys": list_metric_keys(organization_id, chosen.id) if chosen else [],
    }
    return render(request, "leaderboards/new.html", context)


@page(Permission.TRACKING_WRITE, methods="POST")
def remove_leaderboard(request: MemberRequest, leaderboard_id: UUID) -> HttpResponse:
    organization_id, actor_id = request.principal.organization_id, request.principal.user_id
    perform(
        request,
        lambda: delete_leaderboard(organization_id, leaderboard_id, actor_id=actor_id),
        done="The leaderboard was removed; its runs stay.",
    )
    return redirect("leaderboards")


def _create(request: MemberRequest, form: LeaderboardForm) -> UUID:
    values = form.cleaned_data
    draft = LeaderboardDraft(
        name=values["name"],
        experiment_id=values["experiment"],
        metric=values["metric"],
        direction=Direction(values["direction"]),
        filter=values["filter"],
    )
    return create_leaderboard(request.principal.organization_id, draft, actor_id=request.principal.user_id).id


def _find_chosen(experiments: tuple[ExperimentView, ...], number: str) -> ExperimentView | None:
    return next((one for one in experiments if str(one.number) == number), experiments[0] if experiments else None)
