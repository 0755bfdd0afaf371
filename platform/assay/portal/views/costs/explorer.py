"""The explorer: where the money went, by anything the bill knows, and why it changed."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.accounts.selectors.saved_views import list_views
from assay.costs.domain.dimensions import Dimension, Group, name_group
from assay.costs.domain.questions import AnswerRow, CostAnswer, Granularity, find_open_step
from assay.costs.selectors import explorer
from assay.costs.selectors.answer_files import FileKind, write_answer
from assay.costs.selectors.imports import list_imports
from assay.portal.domain.charts import ChartBody
from assay.portal.domain.commands import first_import
from assay.portal.domain.exploration import (
    DRAWN,
    LABELS,
    TOPS,
    Axis,
    describe_steps,
    label_of,
    label_step,
    name_value,
)
from assay.portal.domain.tables import Column, Table, read_sort
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors import ledger
from assay.portal.views.costs.questions import CostPage, read_cost_page
from assay.portal.views.installations import public_url


@dataclass(frozen=True, slots=True)
class Row:
    """cells: one label per dimension. href: deeper into this group. charges: those of the group; empty for everything else."""

    amounts: AnswerRow
    cells: tuple[str, ...]
    href: str
    charges: str


@page(Permission.COSTS_READ)
def show_explorer(request: MemberRequest) -> HttpResponse:
    organization_id = request.principal.organization_id
    asked = read_cost_page(request, get_organization(organization_id))
    columns = _columns(asked.group_by)
    sort = read_sort(request.GET.get("sort", ""), columns, default="-amount")
    answer = ledger.answer(organization_id, asked.ask(sort))
    rows = _rows(organization_id, asked, answer)
    context = {
        "section": "explorer",
        "pickers": asked.pickers,
        "asked": asked,
        "first": name_group(asked.group_by[0]),
        "second": name_group(asked.group_by[1]) if len(asked.group_by) > 1 else "",
        "known": [one.value for one in Dimension],
        "dimensions": [(one.value, LABELS[one]) for one in Dimension],
        "granularities": [(one.value, f"By {one.value}") for one in Granularity],
        "tops": [(str(top), f"{top:,} groups") for top in TOPS],
        "filters": [(one, asked.without(one)) for one in asked.filters],
        "found": answer,
        "daily": answer.total / asked.pickers.span.days,
        "table": Table(columns, columns, sort),
        "rows": rows,
        "compares": not asked.in_time,
        "chart": _draw(asked, answer, rows),
        "complete_until": answer.reach.complete_until,
        "is_open": _is_open(asked, answer),
        "head": {"views": list_views(organization_id, request.principal.user_id, path=request.path)},
        "all_charges": asked.charges(()),
        "changes": f"{reverse('changes')}?{request.GET.urlencode()}",
        "first_import_command": first_import(public_url()),
    }
    return render(request, "costs/explorer.html", context)


@page(Permission.COSTS_READ)
def show_changes(request: MemberRequest) -> HttpResponse:
    """Why the costs of the page differ from those before; a part of the explorer that is asked for after it."""
    organization_id = request.principal.organization_id
    asked = read_cost_page(request, get_organization(organization_id))
    found = ledger.explain_change(organization_id, asked.ask_charges(), before=asked.pickers.span.previous.interval)
    context = {"found": found, "before": asked.pickers.span.previous}
    return render(request, "costs/_changes.html", context)


@page(Permission.COSTS_READ)
def export_table(request: MemberRequest, kind: str) -> HttpResponse:
    """Every group with every digit; with `series` each step of it."""
    organization_id = request.principal.organization_id
    asked = read_cost_page(request, get_organization(organization_id))
    sort = read_sort(request.GET.get("sort", ""), _columns(asked.group_by), default="-amount")
    question = asked.ask_all(sort, series="series" in request.GET)
    file_kind = FileKind(kind)
    content = write_answer(explorer.answer(organization_id, question), question, file_kind)
    name = "-".join(name_group(group) for group in asked.group_by).replace('"', "")
    response = HttpResponse(content, content_type=file_kind.media_type)
    response["Content-Disposition"] = f'attachment; filename="costs-by-{name}.{kind}"'
    return response


def _columns(group_by: tuple[Group, ...]) -> tuple[Column, ...]:
    return (
        *(Column(f"group{i}", label_of(group), sortable=False) for i, group in enumerate(group_by)),
        Column("amount", "Cost", numeric=True, first_descending=True),
        Column("share", "Share", numeric=True, sortable=False),
        Column("before", "Before", numeric=True, first_descending=True, hint="As many days or whole months, just before"),
        Column("change", "Change", numeric=True, first_descending=True),
        Column("charges", "Charges", numeric=True, sortable=False),
    )


def _rows(organization_id: UUID, asked: CostPage, answer: CostAnswer) -> list[Row]:
    imports = list_imports(organization_id, limit=500) if Dimension.SOURCE in asked.group_by else []
    names = {str(one.source_id): one.source_name for one in imports}
    rows = []
    for row in answer.rows:
        labels = row.labels or ("",) * len(row.key)
        cells = tuple(
            name_value(value, label or names.get(value or "", "")) for value, label in zip(row.key, labels, strict=True)
        )
        rows.append(Row(row, cells, asked.deeper(row.key), asked.charges(row.key)))
    if answer.rest is not None:
        others = answer.groups - len(answer.rows)
        rows.append(Row(answer.rest, (f"everything else ({others:,} groups)", *("" for _ in asked.group_by[1:])), "", ""))
    return rows


def _draw(asked: CostPage, answer: CostAnswer, rows: list[Row]) -> ChartBody:
    """Each bar leads to the charges of its group and step."""
    labels = tuple(label_step(step, asked.granularity, asked.zone) for step in answer.steps)
    axis = Axis(labels, find_open_step(answer.steps, asked.granularity, answer.reach.complete_until))
    drawn = [(" · ".join(row.cells), f"{row.charges}&step=") for row in rows[:DRAWN] if row.amounts.series and row.charges]
    return describe_steps(answer, drawn, axis=axis, rest_href=f"{asked.charges(())}&step=")


def _is_open(asked: CostPage, answer: CostAnswer) -> bool:
    until = answer.reach.complete_until
    return until is not None and until < asked.pickers.span.interval.end
