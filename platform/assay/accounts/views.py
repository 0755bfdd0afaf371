"""Pages between the organizations: switching, and accepting invitations."""

from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assay.accounts.domain.members import InvitationOffer
from assay.accounts.forms import NewAccountForm
from assay.accounts.selectors import memberships
from assay.accounts.selectors.invitations import get_offer
from assay.accounts.services import invitations
from assay.core.errors import Invalid, NotFound
from assay.core.http import scope_exempt

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


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


@scope_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of an invitation: join with the account one has, or make one."""
    offer = get_offer(secret)
    own = request.user.is_authenticated and request.user.email.lower() == offer.email.lower()
    form = NewAccountForm(request.POST if request.method == "POST" and not own else None)
    if request.method == "POST" and (own or _create_account(request, secret, form)):
        if own:
            invitations.accept_with_account(secret, user_id=UUID(str(request.user.pk)))
        request.session["organization_id"] = str(offer.organization_id)
        return redirect("/")
    return _render_offer(request, offer, form, is_own=own)


def _create_account(request: HttpRequest, secret: str, form: NewAccountForm) -> bool:
    """Account, membership and sign-in; False when the form has to be shown again."""
    if request.user.is_authenticated or not form.is_valid():
        return False
    values = form.cleaned_data
    try:
        user = invitations.accept_with_new_account(secret, name=values["name"], password=values["password"])
    except Invalid as error:
        field = str(error.details.get("field", ""))
        form.add_error(field if field in form.fields else None, error.message)
        return False
    login(request, user, backend=BACKEND)
    return True


def _render_offer(request: HttpRequest, offer: InvitationOffer, form: NewAccountForm, *, is_own: bool) -> HttpResponse:
    context = {
        "offer": offer,
        "form": form,
        "next": request.path,
        "is_own": is_own,
        "signed_in_as": getattr(request.user, "email", ""),
    }
    return render(request, "invitations/accept.html", context, status=400 if form.errors else 200)
