"""Tables of the bill and of what runs cost."""

from assay.costs.models.bills import BillImport, BillingSource, BillPeriod
from assay.costs.models.figures import RunFigure
from assay.costs.models.uses import AllocatedPeriod, ComputeUse, ResourceCost, RunCost

__all__ = [
    "AllocatedPeriod",
    "BillImport",
    "BillPeriod",
    "BillingSource",
    "ComputeUse",
    "ResourceCost",
    "RunCost",
    "RunFigure",
]
