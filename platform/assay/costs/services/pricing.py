"""The estimate of a run that ended, by the price book. While a run runs, selectors reckon it."""

from assay.core.clock import now
from assay.costs.domain.basis import Basis
from assay.costs.domain.run_costs import RunCostKind
from assay.costs.models import ComputeUse, RunCost
from assay.costs.selectors.run_costs import estimate_use


def store_estimate(use: ComputeUse) -> None:
    """Renew the stored estimate of a use that ended; one that runs, or has no price, has none."""
    estimate = estimate_use(use, at=now()) if use.ended_at else None
    if estimate is None:
        drop_estimate(use)
        return
    RunCost.objects.update_or_create(
        run_id=use.run_id,
        kind=RunCostKind.ESTIMATE,
        defaults={"basis": Basis.LIST, "amount": estimate.amount, "currency": estimate.currency},
        create_defaults={
            "organization_id": use.organization_id,
            "basis": Basis.LIST,
            "amount": estimate.amount,
            "currency": estimate.currency,
        },
    )


def drop_estimate(use: ComputeUse) -> None:
    RunCost.objects.filter(run_id=use.run_id, kind=RunCostKind.ESTIMATE).delete()
