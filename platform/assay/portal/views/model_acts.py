"""Registered models and versions renamed and deleted."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect

from assay.accounts.domain.roles import Permission
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import perform
from assay.registry.domain.values import Actor
from assay.registry.selectors.registered_models import get_registered_model
from assay.registry.services.model_versions import delete_model_version
from assay.registry.services.registered_models import delete_registered_model, rename_registered_model


@page(Permission.TRACKING_WRITE, methods="POST")
def rename_model(request: MemberRequest, name: str) -> HttpResponse:
    organization_id, new_name = request.principal.organization_id, request.POST.get("name", "").strip()
    get_registered_model(organization_id, name)
    act = partial(rename_registered_model, organization_id, name, new_name=new_name, actor=actor_of(request))
    renamed = perform(request, act, done=f"{name} is {new_name} now: code that loads it needs the new name.")
    return redirect("model", new_name if renamed else name)


@page(Permission.TRACKING_WRITE, methods="POST")
def delete_model(request: MemberRequest, name: str) -> HttpResponse:
    organization_id = request.principal.organization_id
    act = partial(delete_registered_model, organization_id, name, actor=actor_of(request))
    perform(request, act, done=f"{name} was deleted with its versions, aliases and tags. Runs and files are still there.")
    return redirect("models")


@page(Permission.TRACKING_WRITE, methods="POST")
def delete_version(request: MemberRequest, name: str, number: int) -> HttpResponse:
    organization_id = request.principal.organization_id
    act = partial(delete_model_version, organization_id, name, number, actor=actor_of(request))
    perform(request, act, done=f"Version {number} was deleted. Its run and files are still there.")
    return redirect("model", name)


def actor_of(request: MemberRequest) -> Actor:
    return Actor(user_id=request.principal.user_id, name=request.principal.email)
