"""Whether FOCUS's rules hold in the ledger, looked at when asked."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.costs.domain.checks import CheckReport, CheckResult, Example
from assay.costs.selectors.checks import check_ledger
from assay.costs.selectors.sources import list_sources
from assay.portal.permissions import MemberRequest, page

NAMED = ("source_id", "billing_period")
"""Columns of an example that the page itself says, or a name stands for."""
MONTH = len("2026-01")


@dataclass(frozen=True, slots=True)
class Shown:
    """where, what: of one example, in words. href: its charges."""

    where: str
    what: str
    href: str


@page(Permission.COSTS_READ)
def show_checks(request: MemberRequest) -> HttpResponse:
    """`source`: its name; `period`: a month; without them the whole ledger."""
    organization_id = request.principal.organization_id
    source, period = request.GET.get("source", ""), request.GET.get("period", "")
    report = check_ledger(organization_id, source_name=source, billing_period=period)
    sources = list_sources(organization_id)
    names = {str(one.id): one.name for one in sources}
    held = {one.billing_period for place in sources for one in place.periods}
    context = {
        "section": "sources",
        "source": source,
        "period": period,
        "sources": list(names.values()),
        "periods": sorted(held, reverse=True),
        "report": report,
        "checked": sum(1 for one in report.results if one.checked),
        "failing": [(one, [_show(example, names) for example in one.examples]) for one in _failing(report)],
        "holding": sorted(report.holding, key=lambda one: (not one.checked, not one.check.number, one.check.number)),
    }
    return render(request, "costs/checks.html", context)


def _failing(report: CheckReport) -> tuple[CheckResult, ...]:
    return (*report.broken, *report.unusual)


def _show(example: Example, names: dict[str, str]) -> Shown:
    place = dict(example.place)
    said = [names.get(place.get("source_id", ""), ""), place.get("billing_period", "")]
    said += [value for name, value in place.items() if name not in NAMED]
    values = ", ".join(f"{name} {'nothing' if value is None else value}" for name, value in example.values.items())
    month = (place.get("charge_period_start") or place.get("billing_period") or "")[:MONTH]
    query = urlencode({"where": example.filter} | ({"month": month} if month else {}))
    return Shown(" · ".join(filter(None, said)), values, f"{reverse('charges')}?{query}")
