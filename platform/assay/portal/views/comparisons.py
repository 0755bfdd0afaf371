"""Runs side by side: curves, what differs, and what made the difference."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.accounts.selectors.saved_views import list_views
from assay.core.errors import Invalid
from assay.portal.domain.comparisons import MOST_RUNS, list_curve_keys
from assay.portal.domain.curves import ChartAxis, group_keys, lay_out, match_keys
from assay.portal.domain.filters import join_clauses
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.comparisons import ComparedRun, find_matching, offered_axes, read_charts, read_compared
from assay.portal.selectors.experiments import get_by_number
from assay.portal.views.charts import answer_charts
from assay.portal.views.comparison_parts import export_comparison, show_code, show_parallel, show_scatter, show_table
from assay.portal.views.run_curves import read_window
from assay.tracking.domain.queries import RunQuery

AT_ONCE = 8
IN_ALL = 16
PARTS = {
    "curves": ("Curves", "chart-line"),
    "table": ("What differs", "table"),
    "parallel": ("Parallel coordinates", "adjustments-horizontal"),
    "scatter": ("Scatter", "chart-dots"),
    "code": ("Code", "arrows-diff"),
}

Compared = Sequence[ComparedRun]


@page()
def show_comparison(request: MemberRequest) -> HttpResponse:
    """`ids`: of the runs, with commas between; `run`, twice or more often, says the same; or `experiment` and `filter`."""
    compared = _read_compared(request)
    part = request.GET.get("view", "curves")
    part = part if part in PARTS else "curves"
    selection = urlencode({"ids": ",".join(one.row.run.id.hex for one in compared)})
    context = {
        "section": "experiments",
        "compared": compared,
        "selection": selection,
        "numbers": sorted({one.row.run.experiment_number for one in compared}),
        "parts": [{"key": key, "label": label, "icon": icon} for key, (label, icon) in PARTS.items()],
        "part": part,
        "part_template": f"compare/_{part}.html",
        "hidden": set(request.GET.get("hide", "").split(",")),
        "head": {"views": list_views(request.principal.organization_id, request.principal.user_id, path=request.path)},
        **PART_CONTEXTS[part](request, compared),
    }
    return render(request, "compare/show.html", context)


@page()
def show_curves(request: MemberRequest) -> HttpResponse:
    """Frames of charts without their points: all that match `q`, or those of a `group` from `after` on."""
    compared = _read_compared(request)
    context = _list_curves(request, compared)
    if "group" not in request.GET:
        return render(request, "compare/_curve_list.html", context)
    label, text = request.GET["group"], request.GET.get("after", "0")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    keys = next((group.keys for group in context["all_groups"] if group.label == label), ())
    following = after + AT_ONCE
    more = {"keys": keys[after:following], "label": label, "after": following if following < len(keys) else None}
    return render(request, "compare/_curve_cards.html", {**context, **more})


@page()
def show_charts(request: MemberRequest) -> HttpResponse:
    """`key`, once or more often: metrics; `from` and `to`: a part of the axis. For curves/lazy.js and curves/zoom.js."""
    compared = _read_compared(request)
    organization_id, axis = request.principal.organization_id, _read_axis(request, compared)
    live = any(not one.row.run.status.is_terminal for one in compared)
    keys, window = request.GET.getlist("key"), read_window(request)
    charts = read_charts(organization_id, compared, keys, axis=axis, window=window)
    return answer_charts(charts, live=live, known=_count_known(compared))


@page()
def export_runs(request: MemberRequest) -> HttpResponse:
    return export_comparison(_read_compared(request))


def _list_curves(request: MemberRequest, compared: Compared) -> dict[str, Any]:
    keys = list_curve_keys([one.row.run for one in compared])
    words, pinned = request.GET.get("q", ""), request.GET.getlist("pin")
    groups = group_keys(match_keys(keys, words), pinned=pinned)
    return {
        "all_groups": groups,
        "groups": lay_out(groups, at_once=AT_ONCE, in_all=IN_ALL),
        "matching": sum(len(group.keys) for group in groups),
        "total": len(keys),
        "known": _count_known(compared),
        "pinned": pinned,
        "words": words,
        "selection": urlencode({"ids": ",".join(one.row.run.id.hex for one in compared)}),
        "axes": offered_axes(compared),
        "axis": _read_axis(request, compared),
        "is_live": any(not one.row.run.status.is_terminal for one in compared),
        "has_curves": True,
    }


def _count_known(compared: Compared) -> int:
    return len({key for one in compared for key in one.row.run.metrics})


def _read_axis(request: HttpRequest, compared: Compared) -> ChartAxis:
    offered, chosen = offered_axes(compared), request.GET.get("x", "")
    return ChartAxis(chosen) if chosen in offered else ChartAxis.STEP


def _read_compared(request: MemberRequest) -> Compared:
    organization_id = request.principal.organization_id
    number = request.GET.get("experiment", "")
    if number:
        return read_compared(organization_id, _find_matching(request, number))
    texts = [text for text in request.GET.get("ids", "").split(",") if text] + request.GET.getlist("run")
    try:
        run_ids = [UUID(text) for text in texts]
    except ValueError as error:
        raise Invalid("The address names something that is no run: choose runs in an experiment's table.") from error
    return read_compared(organization_id, run_ids)


def _find_matching(request: MemberRequest, number: str) -> list[UUID]:
    """The runs that a saved filter selects now."""
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise Invalid("The address names no experiment: choose runs in an experiment's table.")
    organization_id = request.principal.organization_id
    experiment = get_by_number(organization_id, int(number))
    query = RunQuery(experiment_ids=(experiment.id,), filter=join_clauses(request.GET.get("filter", "")), limit=MOST_RUNS)
    return find_matching(organization_id, query)


PART_CONTEXTS: Mapping[str, Callable[[MemberRequest, Compared], dict[str, Any]]] = {
    "curves": _list_curves,
    "table": show_table,
    "parallel": show_parallel,
    "scatter": show_scatter,
    "code": show_code,
}
