"""Runs side by side: what differs, and what it cost."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from assay.core.errors import Invalid
from assay.portal.domain.comparisons import charted_keys, compare_metrics, compare_origins, compare_params
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.comparisons import MOST_CHARTS, read_charts, read_rows
from assay.portal.selectors.run_tables import RunRow


@page()
def show_comparison(request: MemberRequest) -> HttpResponse:
    """`run`, twice or more often: ids of the runs."""
    rows = _read_rows(request)
    runs = [row.run for row in rows]
    context = {
        "section": "experiments",
        "rows": rows,
        "params": compare_params(runs),
        "metrics": compare_metrics(runs),
        "origins": compare_origins(runs),
        "keys": charted_keys(runs, most=MOST_CHARTS),
        "width": len(rows) + 1,
    }
    return render(request, "runs/compare.html", context)


@page()
def show_charts(request: MemberRequest) -> JsonResponse:
    rows = _read_rows(request)
    live = any(not row.run.status.is_terminal for row in rows)
    return JsonResponse({"live": live, "charts": read_charts(request.principal.organization_id, rows)})


def _read_rows(request: MemberRequest) -> Sequence[RunRow]:
    try:
        run_ids = [UUID(text) for text in request.GET.getlist("run")]
    except ValueError as error:
        raise Invalid("The address names something that is no run: choose runs in an experiment's table.") from error
    return read_rows(request.principal.organization_id, run_ids)
