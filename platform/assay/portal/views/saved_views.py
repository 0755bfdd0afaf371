"""Saved views: kept, shared, renamed and removed from the page that they belong to."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from assay.accounts.services import saved_views
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import perform
from assay.portal.views.addresses import read_return


@page(methods="POST")
def save_view(request: MemberRequest) -> HttpResponse:
    address = read_return(request, otherwise=reverse("experiments"))
    name = request.POST.get("name", "")
    perform(
        request,
        lambda: saved_views.save_view(request.principal, name=name, address=address, is_shared="shared" in request.POST),
        done=f"Saved this view as {name.strip()}.",
    )
    return redirect(address)


@page(methods="POST")
def change_view(request: MemberRequest, view_id: UUID) -> HttpResponse:
    """`name`, `shared`: its new ones; `here`: lead to where it is changed from."""
    address = read_return(request, otherwise=reverse("experiments"))
    perform(
        request,
        lambda: saved_views.change_view(
            request.principal,
            view_id,
            name=request.POST.get("name"),
            is_shared="shared" in request.POST,
            address=address if "here" in request.POST else None,
        ),
        done="The view was changed.",
    )
    return redirect(address)


@page(methods="POST")
def delete_view(request: MemberRequest, view_id: UUID) -> HttpResponse:
    address = read_return(request, otherwise=reverse("experiments"))
    perform(request, lambda: saved_views.delete_view(request.principal, view_id), done="The view was deleted.")
    return redirect(address)
