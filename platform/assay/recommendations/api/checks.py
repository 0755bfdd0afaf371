"""Operations on checks, their runs, and exclusions."""

from uuid import UUID

from ninja import Router, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.core.errors import NotFound
from assay.recommendations.api.schemas import (
    CheckRunList,
    CheckRunOut,
    ExclusionIn,
    ExclusionList,
    ExclusionOut,
    SavingCheckIn,
    SavingCheckList,
    SavingCheckOut,
)
from assay.recommendations.domain.exclusions import Exclusion
from assay.recommendations.selectors.check_runs import get_run, list_checks, list_runs
from assay.recommendations.selectors.exclusions import get_exclusion, list_exclusions
from assay.recommendations.services.exclusions import add_exclusion, remove_exclusion
from assay.recommendations.services.running import PERSON, start_run
from assay.recommendations.services.settings import change_settings

router = Router(tags=["findings"])


@router.get("findings/checks", response=SavingCheckList)
@require(Permission.COSTS_READ)
def show_checks(request: MemberRequest) -> SavingCheckList:
    """Every rule with its options, how it went last, and what it counts."""
    return SavingCheckList(items=[SavingCheckOut.of(view) for view in list_checks(request.principal.organization_id)])


@router.patch("findings/checks/{check}", response=SavingCheckOut)
@require(Permission.COSTS_WRITE)
def change_check(request: MemberRequest, check: str, body: SavingCheckIn) -> SavingCheckOut:
    """Choose options, or pause a check. It counts from the next run on."""
    principal = request.principal
    change_settings(principal.organization_id, check, options=body.options, paused=body.paused, actor_id=principal.user_id)
    return next(SavingCheckOut.of(view) for view in list_checks(principal.organization_id) if view.name == check)


@router.get("findings/runs", response=CheckRunList)
@require(Permission.COSTS_READ)
def show_runs(request: MemberRequest) -> CheckRunList:
    """The last fifty, newest first."""
    return CheckRunList(items=[CheckRunOut.of(view) for view in list_runs(request.principal.organization_id)])


@router.post("findings/runs", response={202: CheckRunOut})
@require(Permission.COSTS_WRITE)
def run_checks(request: MemberRequest) -> Status[CheckRunOut]:
    """Look now instead of at the next scheduled time; a run that is on its way is answered."""
    principal = request.principal
    run = start_run(principal.organization_id, trigger=PERSON, actor_id=principal.user_id)
    return Status(202, CheckRunOut.of(run))


@router.get("findings/runs/{uuid:run_id}", response=CheckRunOut)
@require(Permission.COSTS_READ)
def show_run(request: MemberRequest, run_id: UUID) -> CheckRunOut:
    return CheckRunOut.of(get_run(request.principal.organization_id, run_id))


@router.get("findings/exclusions", response=ExclusionList)
@require(Permission.COSTS_READ)
def show_exclusions(request: MemberRequest) -> ExclusionList:
    """Rules by which findings are left out of lists and totals."""
    return ExclusionList(items=[ExclusionOut(**one) for one in list_exclusions(request.principal.organization_id)])


@router.post("findings/exclusions", response={201: ExclusionOut})
@require(Permission.COSTS_WRITE)
def exclude(request: MemberRequest, body: ExclusionIn) -> Status[ExclusionOut]:
    principal = request.principal
    exclusion = Exclusion(body.check, body.account_id, body.region, body.tag, body.native_id, body.until)
    made = add_exclusion(principal.organization_id, exclusion, reason=body.reason, actor_id=principal.user_id)
    found = get_exclusion(principal.organization_id, made)
    if found is None:
        raise NotFound("The exclusion was removed meanwhile.")
    return Status(201, ExclusionOut(**found))


@router.delete("findings/exclusions/{uuid:exclusion_id}", response={204: None})
@require(Permission.COSTS_WRITE)
def include(request: MemberRequest, exclusion_id: UUID) -> Status[None]:
    """What it left out counts again."""
    remove_exclusion(request.principal.organization_id, exclusion_id, actor_id=request.principal.user_id)
    return Status(204, None)
