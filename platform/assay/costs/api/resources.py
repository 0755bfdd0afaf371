"""Machines in /api/v1: what they cost, what of it runs held, what was idle."""

from datetime import date
from typing import Self

from ninja import Router, Schema
from ninja.params.functions import Query

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.costs.api.days import FIRST_DAY, LAST_DAY, read_days
from assay.costs.api.schemas.amounts import AmountOut
from assay.costs.domain.run_costs import ResourceCostView
from assay.costs.selectors.resources import resource_costs

router = Router(tags=["costs"])


class ResourceOut(Schema):
    """total = runs + idle, exactly; effective cost."""

    resource_id: str
    total: AmountOut
    runs: AmountOut
    idle: AmountOut

    @classmethod
    def of(cls, view: ResourceCostView) -> Self:
        amounts = {"total": view.total, "runs": view.runs, "idle": view.idle}
        shown = {name: AmountOut(amount=f"{amount:f}", currency=view.currency) for name, amount in amounts.items()}
        return cls(resource_id=view.resource_id, **shown)


class ResourceList(Schema):
    items: list[ResourceOut]
    next_cursor: str | None = None


@router.get("costs/resources", response=ResourceList)
@require(Permission.COSTS_READ)
def list_resources(
    request: MemberRequest, start: date = Query(FIRST_DAY, alias="from"), end: date = Query(LAST_DAY, alias="to")
) -> ResourceList:
    """Machines that runs held, the dearest first, over the bill's days (UTC) from `from` until before `to`; one row per currency."""
    found = resource_costs(request.principal.organization_id, read_days(start, end))
    return ResourceList(items=[ResourceOut.of(view) for view in found])
