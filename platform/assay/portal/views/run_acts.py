"""What is done to chosen runs together."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.experiments import get_by_number
from assay.portal.views.acts import perform
from assay.portal.views.addresses import read_ids, read_return
from assay.portal.views.undo import offer_undo
from assay.tracking.services import runs

MOST_CHOSEN = 100


@page(Permission.TRACKING_WRITE, methods="POST")
def delete_chosen(request: MemberRequest, number: int) -> HttpResponse:
    address = _address(request, number)
    chosen = read_ids(request.POST.getlist("run"), most=MOST_CHOSEN)
    deleted: list[UUID] = []
    if perform(request, lambda: deleted.extend(runs.delete_runs(_organization(request), chosen, actor_id=_actor(request)))):
        undo = reverse("experiment_restore_runs", args=[number])
        fields = {"run": [run_id.hex for run_id in deleted], "next": [address]}
        if deleted:
            offer_undo(request, f"Deleted {_name(deleted)}; restorable for 7 days.", action=undo, fields=fields)
    return redirect(address)


@page(Permission.TRACKING_WRITE, methods="POST")
def restore_chosen(request: MemberRequest, number: int) -> HttpResponse:
    return _act(request, number, runs.restore_runs, done="Restored {}.")


@page(Permission.TRACKING_WRITE, methods="POST")
def tag_chosen(request: MemberRequest, number: int) -> HttpResponse:
    key, value = request.POST.get("key", "").strip(), request.POST.get("value", "").strip()

    def tag(organization_id: UUID, chosen: Sequence[UUID], *, actor_id: UUID) -> None:
        runs.tag_runs(organization_id, chosen, key=key, value=value, actor_id=actor_id)

    return _act(request, number, tag, done=f"Set the tag {key} on {{}}.")


def _act(request: MemberRequest, number: int, act: Callable[..., object], *, done: str) -> HttpResponse:
    address = _address(request, number)
    chosen = read_ids(request.POST.getlist("run"), most=MOST_CHOSEN)
    perform(
        request, lambda: act(_organization(request), chosen, actor_id=_actor(request)), done=done.replace("{}", _name(chosen))
    )
    return redirect(address)


def _address(request: MemberRequest, number: int) -> str:
    """Where it was done from. raises: NotFound when there is no such experiment."""
    get_by_number(_organization(request), number)
    return read_return(request, otherwise=reverse("experiment", args=[number]))


def _organization(request: MemberRequest) -> UUID:
    return request.principal.organization_id


def _actor(request: MemberRequest) -> UUID:
    return request.principal.user_id


def _name(run_ids: Sequence[UUID]) -> str:
    return "1 run" if len(run_ids) == 1 else f"{len(run_ids)} runs"
