"""What was spent, in /api/v1."""

from datetime import date

from ninja import Router
from ninja.params.functions import Query

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.core.errors import Invalid
from assay.costs.api.days import FIRST_DAY, LAST_DAY, read_days
from assay.costs.api.schemas.summaries import Summary
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits
from assay.costs.domain.dimensions import Dimension
from assay.costs.selectors import explorer

router = Router(tags=["costs"])


@router.get("costs/summary", response=Summary)
@require(Permission.COSTS_READ)
def summarize(
    request: MemberRequest,
    group_by: str = "service",
    start: date = Query(FIRST_DAY, alias="from"),
    end: date = Query(LAST_DAY, alias="to"),
    basis: Basis = Basis.EFFECTIVE,
    credit: Credits = Query(Credits.INCLUDED, alias="credits"),
) -> Summary:
    """Exact sums of the charges that begin from `from` until before `to`. group_by: dimensions, separated by commas."""
    dimensions = _read_dimensions(group_by)
    table = explorer.summarize(
        request.principal.organization_id,
        group_by=dimensions,
        interval=read_days(start, end),
        basis=basis,
        credit=credit,
    )
    return Summary.of(table, dimensions)


def _read_dimensions(text: str) -> list[Dimension]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Dimension)]
    if unknown or len(set(names)) != len(names):
        known = ", ".join(Dimension)
        raise Invalid(f"group_by cannot be {text!r}: give each dimension once, out of {known}.", field="group_by")
    return [Dimension(name) for name in names]
