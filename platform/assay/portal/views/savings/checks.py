"""The checks themselves: how each went, its options, and what is left out."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from assay.accounts.domain.roles import Permission
from assay.core.errors import Invalid
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.acts import perform
from assay.recommendations.domain.exclusions import Exclusion
from assay.recommendations.selectors.check_runs import list_checks, list_runs
from assay.recommendations.selectors.exclusions import list_exclusions
from assay.recommendations.selectors.settings import describe_options
from assay.recommendations.services.exclusions import add_exclusion, remove_exclusion
from assay.recommendations.services.running import PERSON, start_run
from assay.recommendations.services.settings import change_settings

RUNS_SHOWN = 10
WRITE = Permission.COSTS_WRITE


@page(Permission.COSTS_READ)
def show_checks(request: MemberRequest) -> HttpResponse:
    organization_id = request.principal.organization_id
    runs = list_runs(organization_id, limit=RUNS_SHOWN)
    context = {
        "section": "savings",
        "checks": [(check, describe_options(check.name, check.options)) for check in list_checks(organization_id)],
        "runs": runs,
        "is_live": any(run.state == "running" for run in runs),
        "exclusions": list_exclusions(organization_id),
        "may_write": request.principal.may(WRITE),
    }
    return render(request, "savings/checks.html", context)


@page(WRITE, methods="POST")
def run_checks(request: MemberRequest) -> HttpResponse:
    principal = request.principal
    perform(
        request,
        lambda: start_run(principal.organization_id, trigger=PERSON, actor_id=principal.user_id),
        done="Looking now; findings appear as each check ends.",
    )
    return redirect("saving_checks")


@page(WRITE, methods="POST")
def change_check(request: MemberRequest, check: str) -> HttpResponse:
    """`pause` or `go` alone; else every option as `option.<name>`."""
    principal = request.principal

    def act() -> None:
        if "pause" in request.POST or "go" in request.POST:
            paused, options = "pause" in request.POST, None
        else:
            paused, options = None, _read_options(request)
        change_settings(principal.organization_id, check, options=options, paused=paused, actor_id=principal.user_id)

    perform(request, act, done="Saved; it counts from the next run on.")
    return redirect("saving_checks")


@page(WRITE, methods="POST")
def add_rule(request: MemberRequest) -> HttpResponse:
    principal = request.principal
    check, account_id, tag, native_id = (
        request.POST.get(name, "").strip() for name in ("check", "account_id", "tag", "native_id")
    )
    exclusion = Exclusion(check=check, account_id=account_id, tag=tag, native_id=native_id)
    reason = request.POST.get("reason", "")
    perform(
        request,
        lambda: add_exclusion(principal.organization_id, exclusion, reason=reason, actor_id=principal.user_id),
        done="What it names is left out from now on.",
    )
    return redirect("saving_checks")


@page(WRITE, methods="POST")
def remove_rule(request: MemberRequest, exclusion_id: UUID) -> HttpResponse:
    principal = request.principal
    perform(
        request,
        lambda: remove_exclusion(principal.organization_id, exclusion_id, actor_id=principal.user_id),
        done="What it left out counts again.",
    )
    return redirect("saving_checks")


def _read_options(request: MemberRequest) -> dict[str, object]:
    """raises: Invalid naming the option that is neither a number nor a word."""
    prefix = "option."
    return {
        name.removeprefix(prefix): _read_value(name.removeprefix(prefix), str(text))
        for name, text in request.POST.items()
        if name.startswith(prefix)
    }


def _read_value(name: str, text: str) -> object:
    if not text.strip():
        raise Invalid(f"{name} needs a value.", field=name)
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip()
