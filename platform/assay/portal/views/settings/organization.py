"""Name, time zone and silent runs of the organization."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.accounts.services.organizations import change_organization
from assay.portal.forms.settings import OrganizationForm
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import apply_form
from assay.portal.views.settings.sections import render_section


@page(None, methods="GET POST")
def edit_organization(request: MemberRequest) -> HttpResponse:
    principal = request.principal
    organization = get_organization(principal.organization_id)
    current = {field: getattr(organization, field) for field in ("name", "timezone", "silent_run_hours")}
    form = OrganizationForm(request.POST if request.method == "POST" else None, initial=current)
    if request.method == "POST":
        principal.require(Permission.SETTINGS_MANAGE)
        if apply_form(form, lambda: _change(request, form)):
            messages.success(request, "Saved.")
            return redirect("settings")
    may_edit = principal.may(Permission.SETTINGS_MANAGE)
    return render_section(request, "organization", {"organization": organization, "form": form, "may_edit": may_edit})


def _change(request: MemberRequest, form: OrganizationForm) -> None:
    values = form.cleaned_data
    change_organization(
        request.principal.organization_id,
        name=values["name"],
        timezone=values["timezone"],
        silent_run_hours=values["silent_run_hours"],
        actor_id=request.principal.user_id,
    )
