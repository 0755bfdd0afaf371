"""The audit log."""

from django.http import HttpResponse

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.audit import list_entries
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.addresses import read_cursor
from assay.portal.views.settings.sections import render_section


@page(Permission.SETTINGS_MANAGE)
def show_audit(request: MemberRequest) -> HttpResponse:
    cursor = read_cursor(request)
    found = list_entries(request.principal.organization_id, before=cursor)
    return render_section(request, "audit", {"entries": found.entries, "next_cursor": found.next_cursor, "cursor": cursor})
