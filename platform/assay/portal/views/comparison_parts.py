"""What each part of a comparison shows but its curves, and the comparison as a file."""

import csv
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from assay.portal.domain.charts import AxisBody, ChartKind, Point, Series, describe_chart
from assay.portal.domain.code import compare_mappings, compare_texts, link_repository
from assay.portal.domain.comparisons import (
    Group,
    compare_code,
    compare_data,
    compare_metrics,
    compare_packages,
    compare_params,
    compare_tags,
    group_lines,
)
from assay.portal.domain.run_colours import colour_values
from assay.portal.domain.run_columns import offer_columns
from assay.portal.domain.run_exports import choose_exported, export_head, export_row
from assay.portal.domain.run_fields import COST, METRIC, Field, choose_dimensions, find_field, list_fields
from assay.portal.permissions import MemberRequest
from assay.portal.selectors.comparisons import ComparedRun, read_data, read_sources

Compared = Sequence[ComparedRun]
MOST_CATEGORIES = 10


def show_table(request: MemberRequest, compared: Compared) -> dict[str, Any]:
    organization_id = request.principal.organization_id
    runs = [one.row.run for one in compared]
    sources = read_sources(organization_id, compared)
    only_differing = "all" not in request.GET

    def group(label: str, lines: Sequence[Any], *, is_metrics: bool = False) -> Group:
        return group_lines(
            label, lines, only_differing=only_differing and not is_metrics, runs=len(runs), is_metrics=is_metrics
        )

    return {
        "groups": [
            group("Metrics", compare_metrics(runs), is_metrics=True),
            group("Parameters", compare_params(runs)),
            group("Data", compare_data(read_data(organization_id, compared))),
            group("Code", compare_code(sources)),
            group("Packages", compare_packages(sources)),
            group("Tags", compare_tags(runs)),
        ],
        "only_differing": only_differing,
        "width": len(compared) + 1,
    }


def show_parallel(request: MemberRequest, compared: Compared) -> dict[str, Any]:
    fields = _list_fields(compared)
    chosen = choose_dimensions(fields, request.GET.getlist("dim"))
    by = find_field(fields, request.GET.get("by", ""))
    colours = colour_values(by.numbers) if by and by.is_number else [one.colour for one in compared]
    chart = {
        "kind": "parallel",
        "dimensions": [
            {"label": field.label, "kind": field.kind.value, "log": field.spans_decades, "currency": field.currency}
            for field in chosen
        ],
        "runs": [
            {
                "name": one.name,
                "place": str(one.place),
                "colour": colours[one.place],
                "href": reverse("run", args=[one.row.run.id]),
                "values": [field.values[one.place] for field in chosen],
            }
            for one in compared
        ],
    }
    return {"fields": fields, "chosen": {field.key for field in chosen}, "by": by, "chart": chart, "has_charts": True}


def show_scatter(request: MemberRequest, compared: Compared) -> dict[str, Any]:
    fields = _list_fields(compared)
    numbers = [field for field in fields if field.is_number]
    metrics = [field for field in numbers if field.key.startswith(METRIC)]
    if not numbers:
        return {"x": None}
    x = find_field(fields, request.GET.get("across", "")) or find_field(fields, COST) or numbers[0]
    y = find_field(numbers, request.GET.get("up", "")) or (metrics or numbers)[0]
    by = find_field(fields, request.GET.get("by", ""))
    return {
        "fields": fields,
        "numeric": numbers,
        "x": x,
        "y": y,
        "by": by,
        "chart": _scatter(compared, x, y, by),
        "has_charts": True,
    }


def show_code(request: MemberRequest, compared: Compared) -> dict[str, Any]:
    sources = read_sources(request.principal.organization_id, compared)
    base, other = _read_place(request, "base", compared, 0), _read_place(request, "other", compared, 1)
    left, right = sources[base], sources[other]
    names = (compared[base].name, compared[other].name)
    facts = [line for line in compare_code([left, right]) if line.values != (None, None)]
    return {
        "base": compared[base],
        "other": compared[other],
        "has_code": bool(left or right),
        "facts": facts,
        "packages": compare_mappings(left.packages if left else {}, right.packages if right else {}),
        "diff": compare_texts(left.diff if left else "", right.diff if right else "", names=names),
        "commits": _link_commits(left.remote, left.commit, right.commit) if left and right else "",
    }


def export_comparison(compared: Compared) -> HttpResponse:
    """One row a run, every metric and param, with every digit."""
    runs = [one.row.run for one in compared]
    offered = offer_columns(
        sorted({key for run in runs for key in run.metrics}), sorted({key for run in runs for key in run.params})
    )
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="compared-runs.csv"'
    writer = csv.writer(response)
    columns = choose_exported(offered)
    writer.writerow(export_head(columns))
    writer.writerows(export_row(one.row.run, one.row.cost, columns) for one in compared)
    return response


def _list_fields(compared: Compared) -> list[Field]:
    return list_fields([(one.row.run, one.row.cost) for one in compared])


def _scatter(compared: Compared, x: Field, y: Field, by: Field | None) -> object:
    """One colour for each value of `by`, or one for all; runs without either figure have no point."""
    groups: dict[str, list[Point]] = {}
    for one in compared:
        across, up = x.values[one.place], y.values[one.place]
        if across is None or up is None:
            continue
        group = "runs" if by is None else str(by.values[one.place])
        group = group if group in groups or len(groups) < MOST_CATEGORIES else "others"
        groups.setdefault(group, []).append((across, up, one.name, reverse("run", args=[one.row.run.id])))
    return describe_chart(
        ChartKind.SCATTER,
        x=_axis(x),
        y=_axis(y),
        series=[Series(name if by else "", points) for name, points in groups.items()],
        empty="No run has both.",
    )


def _axis(field: Field) -> AxisBody:
    body = AxisBody(name=field.label, kind="number" if field.is_number else "category", log=field.spans_decades)
    if field.currency:
        body["currency"] = field.currency
    return body


def _read_place(request: MemberRequest, name: str, compared: Compared, default: int) -> int:
    """Which of the runs; by its id, so that the address stays right when the selection changes."""
    chosen = request.GET.get(name, "")
    return next((one.place for one in compared if one.row.run.id.hex == chosen), default)


def _link_commits(remote: str, base: str, other: str) -> str:
    """Where a forge shows what lies between two commits; empty when that cannot be known."""
    repository = link_repository(remote)
    if not repository or not base or not other or base == other:
        return ""
    part = "-/compare" if "gitlab" in repository else "compare"
    return f"{repository}/{part}/{base}...{other}"
