"""The explorer: where the money went, by anything the bill knows."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.core.csv_text import escape_formula
from assay.costs.domain.dimensions import Dimension
from assay.portal.domain.commands import first_import
from assay.portal.domain.exploration import LABELS, NEXT, Filter, Group, read_filters
from assay.portal.domain.pages import read_page
from assay.portal.domain.tables import Column, Sort, Table, read_sort
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.exploration import Question, explore
from assay.portal.views.costs.pickers import Pickers, read_pickers
from assay.portal.views.installations import public_url


@dataclass(frozen=True, slots=True)
class Row:
    """href: deeper into this group; empty where there is nothing below."""

    group: Group
    href: str


@page(Permission.COSTS_READ)
def show_explorer(request: MemberRequest) -> HttpResponse:
    pickers, question = _read_question(request)
    found = explore(request.principal.organization_id, question)
    columns = _columns(question.dimension)
    sort = read_sort(request.GET.get("sort", ""), columns, default="-amount")
    groups = _ordered(found.groups, sort)
    at = read_page(request.GET.get("page", ""), total=len(groups))
    context = {
        "section": "explorer",
        "pickers": pickers,
        "dimension": question.dimension,
        "dimensions": [(one.value, LABELS[one]) for one in Dimension],
        "filters": [(one, _without(request, one)) for one in question.filters],
        "found": found,
        "daily": found.total / question.span.days,
        "table": Table(columns, columns, sort),
        "rows": [Row(group, _deeper(request, question, group)) for group in groups[at.offset : at.end]],
        "page": at,
        "first_import_command": first_import(public_url()),
    }
    return render(request, "costs/explorer.html", context)


@page(Permission.COSTS_READ)
def export_table(request: MemberRequest) -> HttpResponse:
    """The groups with every digit."""
    _, question = _read_question(request)
    found = explore(request.principal.organization_id, question)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="costs-by-{question.dimension.value}.csv"'
    writer = csv.writer(response)
    writer.writerow([question.dimension.value, "amount", "amount_before", "currency", "basis", "from", "to"])
    tail = [found.currency, question.basis.value, question.span.first.isoformat(), question.span.last.isoformat()]
    writer.writerows(
        [escape_formula(group.value or ""), f"{group.amount:f}", f"{group.before:f}", *tail] for group in found.groups
    )
    return response


def _read_question(request: MemberRequest) -> tuple[Pickers, Question]:
    pickers = read_pickers(request, get_organization(request.principal.organization_id))
    asked = request.GET.get("group_by", Dimension.SERVICE.value)
    dimension = Dimension(asked) if asked in set(Dimension) else Dimension.SERVICE
    filters = read_filters(request.GET.getlist("filter"))
    return pickers, Question(pickers.span, pickers.basis, dimension, filters)


def _columns(dimension: Dimension) -> tuple[Column, ...]:
    return (
        Column("group", LABELS[dimension]),
        Column("amount", "Cost", numeric=True, first_descending=True),
        Column("share", "Share", numeric=True, sortable=False),
        Column("before", "Days before", numeric=True, first_descending=True, hint="As many days, just before"),
        Column("change", "Change", numeric=True, first_descending=True),
    )


def _ordered(groups: Sequence[Group], sort: Sort | None) -> list[Group]:
    if sort is None:
        return list(groups)
    orders = {
        "group": lambda group: group.label.casefold(),
        "amount": lambda group: group.amount,
        "before": lambda group: group.before,
        "change": lambda group: group.amount - group.before,
    }
    return sorted(groups, key=orders[sort.key], reverse=sort.descending)


def _deeper(request: MemberRequest, question: Question, group: Group) -> str:
    """A resource leads to its runs; any other group to its parts."""
    if question.dimension is Dimension.RESOURCE and group.value:
        span = {name: request.GET[name] for name in ("range", "from", "to", "month") if name in request.GET}
        return f"{reverse('resource')}?{urlencode({'id': group.value, **span})}"
    following = NEXT.get(question.dimension)
    if following is None:
        return ""
    query = request.GET.copy()
    query.setlist("filter", [*query.getlist("filter"), Filter(question.dimension, group.value).token])
    query["group_by"] = following.value
    for name in ("page", "sort"):
        query.pop(name, None)
    return f"?{query.urlencode()}"


def _without(request: MemberRequest, gone: Filter) -> str:
    query = request.GET.copy()
    query.setlist("filter", [token for token in query.getlist("filter") if token != gone.token])
    query.pop("page", None)
    return f"?{query.urlencode()}"
