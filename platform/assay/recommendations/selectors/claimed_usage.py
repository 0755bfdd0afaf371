"""Usage that open findings would end: what is going to be stopped or made smaller needs no commitment."""

from decimal import Decimal
from uuid import UUID

import numpy as np

from assay.recommendations.domain.found import HOURS_OF_A_MONTH, Action
from assay.recommendations.domain.states import ACTIVE
from assay.recommendations.models import Finding
from assay.recommendations.selectors.coverable_usage import Floats, HourlyUsage

ENDING = (Action.DELETE, Action.STOP)


def list_claims(organization_id: UUID) -> dict[str, Decimal | None]:
    """Resource → what its counted finding would save a month before commitments; None where it would end all usage."""
    rows = Finding.objects.filter(organization_id=organization_id, state__in=ACTIVE, excluded=False, included_in=None)
    found = rows.exclude(action=Action.COMMIT).values_list("native_id", "action", "before_commitments")
    return {native_id: None if action in ENDING else saving for native_id, action, saving in found}


def scale_claims(usage: HourlyUsage, claims: dict[str, Decimal | None]) -> HourlyUsage:
    """Of each resource's usage the share that is claimed. usage: by resource."""
    hours = np.maximum(1, np.count_nonzero(usage.on_demand, axis=0))
    monthly: dict[str, float] = {}
    for key, amount in zip(usage.keys, usage.on_demand.sum(axis=0) / hours * float(HOURS_OF_A_MONTH), strict=True):
        monthly[key.resource] = monthly.get(key.resource, 0.0) + float(amount)
    shares: Floats = np.array([_share(claims.get(key.resource), monthly[key.resource]) for key in usage.keys])
    return HourlyUsage(usage.start, usage.keys, usage.on_demand * shares, usage.spread)


def _share(saving: Decimal | None, monthly: float) -> float:
    return 1.0 if saving is None else min(1.0, float(saving) / monthly) if monthly else 0.0
