"""What is asked of the ledger."""

from enum import StrEnum


class Question(StrEnum):
    """Every kind of question that the product asks, so that each engine can be tried with each of them."""

    SUMS = "sums"
    CHARGES = "charges"
    FRESHNESS = "freshness"
    REACH = "reach"
    RESOURCE_CHARGES = "resource_charges"
