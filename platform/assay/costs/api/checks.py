"""FOCUS's rules over the ledger, in /api/v1."""

from ninja import Router

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.costs.api.schemas.checks import CheckList
from assay.costs.selectors.checks import check_ledger

router = Router(tags=["costs"])


@router.get("costs/checks", response=CheckList)
@require(Permission.COSTS_READ)
def list_checks(request: MemberRequest, source: str = "", period: str = "") -> CheckList:
    """Check the ledger now: every rule with how many charges it concerns, how many break it, and examples.

    source: name of a billing source. period: billing period, `YYYY-MM`. Without either, everything is checked.
    """
    return CheckList.of(check_ledger(request.principal.organization_id, source_name=source, billing_period=period))
