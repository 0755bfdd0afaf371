"""Pages between the organizations: switching, and accepting invitations."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from assay.accounts.selectors import memberships
from assay.core.errors import NotFound
from assay.core.http import scope_exempt


@scope_exempt
@require_POST
@login_required
def switch_organization(request: HttpRequest) -> HttpResponse:
    """Make another of one's own organizations the active one: `organization` is its id."""
    chosen = request.POST.get("organization", "")
    own = {str(organization.id) for organization in memberships.list_organizations(UUID(str(request.user.pk)))}
    if chosen not in own:
        raise NotFound("There is no such organization among yours.", organization=chosen)
    request.session["organization_id"] = chosen
    return redirect("/")
