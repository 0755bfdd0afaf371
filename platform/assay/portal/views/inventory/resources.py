"""Resources of all kinds, and one with its use and history."""

from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.clouds.domain.details import dump_details
from assay.clouds.domain.inventory import ResourceKind
from assay.clouds.domain.refreshes import ChangeView, RefreshSubject
from assay.clouds.selectors import inventory
from assay.clouds.selectors.connections import list_connections
from assay.clouds.selectors.inventory import ResourceFilter, ResourceView, Tally
from assay.clouds.selectors.refreshes import list_refreshes
from assay.portal.domain.pages import Page, read_page
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.utilization_charts import draw_utilization

KIND_LABELS = {
    ResourceKind.INSTANCE: "Instances",
    ResourceKind.VOLUME: "Volumes",
    ResourceKind.ADDRESS: "Addresses",
    ResourceKind.SNAPSHOT: "Snapshots",
    ResourceKind.IMAGE: "Images",
    ResourceKind.DATABASE: "Databases",
    ResourceKind.SAVINGS_PLAN: "Savings Plans",
    ResourceKind.RESERVATION: "Reserved Instances",
}
DAYS = 14


@page(Permission.COSTS_READ)
def show_inventory(request: MemberRequest) -> HttpResponse:
    """`kind`, `account`, `region`, `q` narrow the table; `gone` shows also what exists no more."""
    organization_id = request.principal.organization_id
    wanted = _read_filter(request)
    tallies = inventory.tally_resources(organization_id)
    at = read_page(request.GET.get("page", ""), total=inventory.count_resources(organization_id, wanted))
    last = list_refreshes(organization_id, subject=RefreshSubject.INVENTORY, limit=1)
    context = {
        "section": "inventory",
        "wanted": wanted,
        "kinds": [(kind.value, label, _sum(tallies, kind)) for kind, label in KIND_LABELS.items()],
        "accounts": sorted({one.account_id for one in tallies}),
        "regions": sorted({one.region for one in tallies}),
        "rows": [(row, _shorten(row.resource.key.native_id)) for row in _list(organization_id, wanted, at)],
        "page": at,
        "last": last[0] if last else None,
        "has_connection": any(one.role_arn for one in list_connections(organization_id)),
        "may_refresh": request.principal.may(Permission.COSTS_WRITE),
        "is_narrowed": wanted != ResourceFilter(),
    }
    return render(request, "inventory/list.html", context)


@page(Permission.COSTS_READ)
def show_cloud_resource(request: MemberRequest, resource_id: UUID) -> HttpResponse:
    """Its facts, its use over the last days, and how it came to be as it is."""
    organization_id = request.principal.organization_id
    view = inventory.get_resource(organization_id, resource_id)
    charts = draw_utilization(organization_id, resource_id, days=DAYS)
    key = view.resource.key
    context = {
        "section": "inventory",
        "view": view,
        "one": view.resource,
        "facts": list(_tell_facts(dump_details(view.resource.details).items())),
        "tags": sorted(view.resource.tags.items()),
        "changes": [_tell_change(change) for change in inventory.list_changes(organization_id, resource_id)],
        "charts": charts,
        "days": DAYS,
        "bill": f"{reverse('resource')}?{urlencode({'id': key.native_id})}",
        "siblings": f"{reverse('inventory')}?{urlencode({'kind': key.kind.value})}",
        "kind_label": KIND_LABELS[key.kind],
    }
    return render(request, "inventory/resource.html", context)


def _read_filter(request: MemberRequest) -> ResourceFilter:
    kind = request.GET.get("kind", "")
    return ResourceFilter(
        kind=ResourceKind(kind) if kind in set(ResourceKind) else None,
        account_id=request.GET.get("account", ""),
        region=request.GET.get("region", ""),
        text=request.GET.get("q", "").strip(),
        with_gone="gone" in request.GET,
    )


def _list(organization_id: UUID, wanted: ResourceFilter, at: Page) -> list[ResourceView]:
    return inventory.list_page(organization_id, wanted, skip=at.offset, limit=at.size)


def _shorten(native_id: str) -> str:
    """The own part of an ARN: account and region stand beside it."""
    return native_id.split(":", 5)[-1] if native_id.startswith("arn:") else native_id


def _sum(tallies: list[Tally], kind: ResourceKind) -> int:
    return sum(one.count for one in tallies if one.kind is kind)


def _tell_change(change: ChangeView) -> dict[str, object]:
    """What differs, in words; the beginning of a history tells its state alone."""
    if not change.before and "gone" not in change.after:
        return {"at": change.at, "began": True, "fields": []}
    names = sorted({*change.before, *change.after})
    return {
        "at": change.at,
        "began": False,
        "fields": [
            (name.replace("_", " "), _tell_value(change.before.get(name)), _tell_value(change.after.get(name)))
            for name in names
        ],
    }


def _tell_facts(facts: Iterable[tuple[str, object]]) -> Iterable[tuple[str, str]]:
    for name, value in facts:
        if value not in (None, "", []):
            yield name.replace("_", " ").capitalize(), _tell_value(value)


def _tell_value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value) or "none"
