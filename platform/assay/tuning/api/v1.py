"""Sweeps in /api/v1."""

from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Status

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.tuning.api.schemas import OutputOut, SweepIn, SweepList, SweepOut, TrialList, TrialOut
from assay.tuning.selectors import sweeps as sweep_reads
from assay.tuning.selectors import trials as trial_reads
from assay.tuning.services import sweeps

router = Router(tags=["sweeps"])


@router.post("sweeps", response={201: SweepOut})
@require(Permission.TUNING_WRITE)
def start_sweep(request: MemberRequest, body: SweepIn) -> Status[SweepOut]:
    """Start a search. Its trials log in the caller's name."""
    organization_id, user_id = request.principal.organization_id, request.principal.user_id
    sweep_id = sweeps.start_sweep(organization_id, user_id=user_id, spec=body.spec, workdir=body.workdir)
    return Status(201, SweepOut.of(sweep_reads.get_sweep(organization_id, sweep_id)))


@router.get("sweeps", response=SweepList)
@require(Permission.TRACKING_READ)
def list_sweeps(
    request: MemberRequest, limit: Annotated[int, Query(ge=1, le=500)] = 50, cursor: UUID | None = None
) -> SweepList:
    """Newest first."""
    return SweepList.of(sweep_reads.list_sweeps(request.principal.organization_id, limit=limit, cursor=cursor))


@router.get("sweeps/{sweep_id}", response=SweepOut)
@require(Permission.TRACKING_READ)
def get_sweep(request: MemberRequest, sweep_id: UUID) -> SweepOut:
    return SweepOut.of(sweep_reads.get_sweep(request.principal.organization_id, sweep_id))


@router.post("sweeps/{sweep_id}/stop", response=SweepOut)
@require(Permission.TUNING_WRITE)
def stop_sweep(request: MemberRequest, sweep_id: UUID) -> SweepOut:
    """Ask for no further trial and end those that run; takes seconds. A sweep that has ended stays as it is."""
    organization_id = request.principal.organization_id
    sweeps.stop_sweep(organization_id, sweep_id, user_id=request.principal.user_id)
    return SweepOut.of(sweep_reads.get_sweep(organization_id, sweep_id))


@router.get("sweeps/{sweep_id}/trials", response=TrialList)
@require(Permission.TRACKING_READ)
def list_trials(request: MemberRequest, sweep_id: UUID) -> TrialList:
    """All of them, by number."""
    found = trial_reads.list_trials(request.principal.organization_id, sweep_id)
    return TrialList(items=[TrialOut.of(view) for view in found])


@router.get("trials/{trial_id}", response=TrialOut)
@require(Permission.TRACKING_READ)
def get_trial(request: MemberRequest, trial_id: UUID) -> TrialOut:
    return TrialOut.of(trial_reads.get_trial(request.principal.organization_id, trial_id))


@router.get("trials/{trial_id}/output", response=OutputOut)
@require(Permission.TRACKING_READ)
def get_output(request: MemberRequest, trial_id: UUID, attempt: int | None = None) -> OutputOut:
    """What the command wrote, at most the last 5 MB of each stream; of the latest attempt unless told."""
    return OutputOut.of(trial_reads.get_output(request.principal.organization_id, trial_id, attempt=attempt))
