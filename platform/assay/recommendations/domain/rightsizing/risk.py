"""Performance risk of a machine for a need, 0 to 4, and the capacity that a risk asks for."""

from assay.recommendations.domain.found import Risk
from assay.recommendations.domain.rightsizing.needs import Need


def rate(need: Need, capacity: float, *, headroom: float) -> Risk:
    """0: even what is likely leaves the headroom. 1: what was needed leaves it. 2: leaves half of it. 3: fits. 4: does not fit."""
    for risk in (Risk.NONE, Risk.LOW, Risk.MEDIUM, Risk.HIGH):
        if capacity >= least_capacity(need, headroom=headroom, risk=risk):
            return risk
    return Risk.VERY_HIGH


def least_capacity(need: Need, *, headroom: float, risk: Risk) -> float:
    """The smallest capacity whose risk is no higher; the same unit as the need."""
    match risk:
        case Risk.NONE:
            return need.likely / (1 - headroom)
        case Risk.LOW:
            return need.amount / (1 - headroom)
        case Risk.MEDIUM:
            return need.amount / (1 - headroom / 2)
        case Risk.HIGH:
            return need.amount
        case Risk.VERY_HIGH:
            return 0.0
