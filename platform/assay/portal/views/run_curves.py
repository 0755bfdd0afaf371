"""The curves of one run: which there are, and their points."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from assay.portal.domain.curves import ChartAxis, group_keys, lay_out, match_keys
from assay.portal.domain.envelopes import Window
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.run_charts import list_curve_keys, offered_axes, read_charts
from assay.portal.selectors.run_pages import RunHead, read_head
from assay.portal.views.charts import answer_charts

AT_ONCE = 24
IN_ALL = 48
BRIEF = 6


@page()
def show_charts(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """`key`, once or more often: names of charts. For curves/lazy.js, which asks again while the answer says so.

    `from` and `to`: a part of the axis, drawn more closely; for curves/zoom.js.
    """
    organization_id = request.principal.organization_id
    head = read_head(organization_id, run_id)
    charts = read_charts(
        organization_id, head, request.GET.getlist("key"), axis=read_axis(request, head), window=read_window(request)
    )
    return answer_charts(charts, live=head.is_live, known=len(head.run.metrics))


@page()
def show_curves(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """Frames of charts without their points: all that match `q`, or those of a `group` from `after` on, or the `brief`."""
    head = read_head(request.principal.organization_id, run_id)
    if "brief" in request.GET:
        return render(request, "runs/_brief_curves.html", {"run": head.run, "is_live": head.is_live, **list_brief(head)})
    if "group" in request.GET:
        return render(request, "runs/_curve_cards.html", _continue_group(request, head))
    return render(request, "runs/_curve_list.html", {"run": head.run, "is_live": head.is_live, **list_curves(request, head)})


def list_brief(head: RunHead) -> dict[str, Any]:
    """The first few, for the overview."""
    keys = list_curve_keys(head)
    return {
        "brief_keys": keys[:BRIEF],
        "more_keys": max(len(keys) - BRIEF, 0),
        "known": len(head.run.metrics),
        "single": 0 if keys else len(head.run.metrics),
    }


def list_curves(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    keys = list_curve_keys(head)
    words, pinned = request.GET.get("q", ""), request.GET.getlist("pin")
    groups = group_keys(match_keys(keys, words), pinned=pinned)
    return {
        "groups": lay_out(groups, at_once=AT_ONCE, in_all=IN_ALL),
        "matching": sum(len(group.keys) for group in groups),
        "total": len(keys),
        "known": len(head.run.metrics),
        "single": 0 if keys else len(head.run.metrics),
        "pinned": pinned,
        "words": words,
        "cards_url": "run_curves",
    }


def _continue_group(request: MemberRequest, head: RunHead) -> dict[str, Any]:
    words, pinned, label = request.GET.get("q", ""), request.GET.getlist("pin"), request.GET["group"]
    groups = group_keys(match_keys(list_curve_keys(head), words), pinned=pinned)
    keys = next((group.keys for group in groups if group.label == label), ())
    text = request.GET.get("after", "0")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    following = after + AT_ONCE
    return {
        "run": head.run,
        "keys": keys[after:following],
        "label": label,
        "after": following if following < len(keys) else None,
        "pinned": pinned,
    }


def read_window(request: MemberRequest) -> Window | None:
    return Window.read(request.GET.get("from", ""), request.GET.get("to", ""))


def read_axis(request: MemberRequest, head: RunHead) -> ChartAxis:
    offered = offered_axes(head)
    chosen = request.GET.get("x", "")
    return ChartAxis(chosen) if chosen in offered else ChartAxis.STEP
