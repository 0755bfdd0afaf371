"""Registered models: what is in use, what it comes from, and what it cost."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render

from assay.accounts.domain.roles import Permission
from assay.portal.domain.filters import name_contains
from assay.portal.domain.tables import Column, Table, read_sort
from assay.portal.forms.models import AliasForm, DescriptionForm, StageForm
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.models import find_logged_model, read_model, shown_address
from assay.portal.views.acts import perform
from assay.portal.views.model_acts import actor_of
from assay.registry.domain.names import read_number
from assay.registry.domain.queries import RegistryQuery
from assay.registry.domain.stages import read_stage
from assay.registry.selectors.lineages import list_models_with_costs, trace_versions
from assay.registry.selectors.model_versions import get_model_version
from assay.registry.selectors.registered_models import get_registered_model
from assay.registry.services.aliases import delete_alias, set_alias
from assay.registry.services.model_versions import describe_model_version, move_to_stage
from assay.registry.services.registered_models import describe_registered_model

PAGE_SIZE = 50
COLUMNS = (
    Column("name", "Model", pinned=True),
    Column("latest", "Latest", sortable=False),
    Column("aliases", "Aliases", sortable=False),
    Column("cost", "Cost so far", numeric=True, sortable=False),
    Column("owner", "Registered by", sortable=False),
    Column("changed", "Changed", first_descending=True),
)
ORDER = {"name": "name", "changed": "last_updated_timestamp"}
DESCRIBED = "The description was saved."


@page()
def show_models(request: MemberRequest) -> HttpResponse:
    words = request.GET.get("q", "")
    sort = read_sort(request.GET.get("sort", ""), COLUMNS)
    query = RegistryQuery(
        filter=name_contains("name", words),
        order_by=(f"{ORDER[sort.key]} {'DESC' if sort.descending else 'ASC'}",) if sort else (),
        limit=PAGE_SIZE,
        page_token=request.GET.get("cursor", ""),
    )
    found = list_models_with_costs(request.principal.organization_id, query)
    context = {
        "section": "models",
        "rows": found.models,
        "next_cursor": found.next_page_token,
        "cursor": query.page_token,
        "query": words,
        "table": Table(COLUMNS, COLUMNS, sort),
        "may_manage": request.principal.may(Permission.SETTINGS_MANAGE),
    }
    return render(request, "models/list.html", context)


@page()
def show_model(request: MemberRequest, name: str) -> HttpResponse:
    found = read_model(request.principal.organization_id, name)
    model = found.summary.model
    context = {
        "section": "models",
        "found": found,
        "model": model,
        "aliases": list(model.aliases.items()),
        "tags": list(model.tags.items()),
        "load_command": f'mlflow.pyfunc.load_model(\n    "{found.address}"\n)',
        "alias_form": AliasForm(versions=found.numbers),
        "description_form": DescriptionForm(initial={"description": model.description}),
        "may_write": request.principal.may(Permission.TRACKING_WRITE),
    }
    return render(request, "models/show.html", context)


@page()
def show_version(request: MemberRequest, name: str, number: int) -> HttpResponse:
    organization_id = request.principal.organization_id
    version = get_model_version(organization_id, name, number)
    logged_model = find_logged_model(organization_id, version)
    context = {
        "section": "models",
        "version": version,
        "lineage": trace_versions(organization_id, [version])[0],
        "source": shown_address(version.source),
        "location": shown_address(version.location),
        "tags": list(version.tags.items()),
        "params": list(logged_model.params.items()) if logged_model else [],
        "metrics": logged_model.metrics if logged_model else (),
        "stage_form": StageForm(initial={"stage": version.stage.value}),
        "description_form": DescriptionForm(initial={"description": version.description}),
        "may_write": request.principal.may(Permission.TRACKING_WRITE),
    }
    return render(request, "models/version.html", context)


@page(Permission.TRACKING_WRITE, methods="POST")
def describe_model(request: MemberRequest, name: str) -> HttpResponse:
    organization_id, text = request.principal.organization_id, request.POST.get("description", "")
    perform(request, lambda: describe_registered_model(organization_id, name, description=text), done=DESCRIBED)
    return redirect("model", name)


@page(Permission.TRACKING_WRITE, methods="POST")
def describe_version(request: MemberRequest, name: str, number: int) -> HttpResponse:
    organization_id, text = request.principal.organization_id, request.POST.get("description", "")
    perform(request, lambda: describe_model_version(organization_id, name, number, description=text), done=DESCRIBED)
    return redirect("model_version", name, number)


@page(Permission.TRACKING_WRITE, methods="POST")
def point_alias(request: MemberRequest, name: str) -> HttpResponse:
    """`alias` and `version` set it; `remove` takes it away."""
    organization_id, actor = request.principal.organization_id, actor_of(request)
    get_registered_model(organization_id, name)
    if "remove" in request.POST:
        gone = request.POST["remove"]
        act = partial(delete_alias, organization_id, name, alias=gone, actor=actor)
        perform(request, act, done=f"The alias {gone} was removed.")
        return redirect("model", name)
    alias, number = request.POST.get("alias", "").strip(), request.POST.get("version", "")

    def point() -> None:
        set_alias(organization_id, name, alias=alias, number=read_number(number), actor=actor)

    perform(request, point, done=f"{alias} points at version {number} now.")
    return redirect("model", name)


@page(Permission.TRACKING_WRITE, methods="POST")
def move_version(request: MemberRequest, name: str, number: int) -> HttpResponse:
    organization_id = request.principal.organization_id
    asked, archive = request.POST.get("stage", ""), "archive_others" in request.POST

    def move() -> None:
        stage = read_stage(asked)
        actor, archive_others = actor_of(request), archive and stage.is_active
        move_to_stage(organization_id, name, number, stage=stage, actor=actor, archive_others=archive_others)

    get_model_version(organization_id, name, number)
    perform(request, move, done=f"Version {number} is in the stage {asked} now.")
    return redirect("model_version", name, number)
