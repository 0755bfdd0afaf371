"""What is said of commitments that lie idle."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assay.recommendations.domain.commitments import Use
from assay.recommendations.domain.idle_commitments import Held, Offering, Remedy, hint

HALF_USED = Use(hours=10, committed=Decimal(10), used=Decimal(5))
HELD = Held("r", Offering.STANDARD, HALF_USED, Decimal(2), remaining_hours=5_000, age_hours=3_000)


@pytest.mark.parametrize(
    ("changed", "remedy"),
    [
        ({"zonal": True, "same_family": Decimal(1)}, Remedy.MODIFY),
        ({"same_family": Decimal(1)}, Remedy.MODIFY),
        ({"same_family": Decimal(1), "platform": "windows"}, Remedy.SELL),
        ({"offering": Offering.CONVERTIBLE, "elsewhere": Decimal(1)}, Remedy.EXCHANGE),
        ({"offering": Offering.CONVERTIBLE}, Remedy.KEEP),
        ({}, Remedy.SELL),
        ({"offering": Offering.RESERVATION}, Remedy.EXCHANGE_OR_SELL),
        ({"offering": Offering.RESERVATION, "same_family": Decimal(1)}, Remedy.MODIFY),
        ({"remaining_hours": None}, Remedy.KEEP),
        ({"age_hours": 24 * 29}, Remedy.KEEP),
        ({"remaining_hours": 24 * 29}, Remedy.KEEP),
        ({"offering": Offering.SAVINGS_PLAN, "age_hours": 24 * 6}, Remedy.RETURN),
        ({"offering": Offering.SAVINGS_PLAN, "age_hours": 24 * 8}, Remedy.KEEP),
        ({"offering": Offering.SAVINGS_PLAN, "age_hours": 24 * 6, "per_hour": Decimal(101)}, Remedy.KEEP),
    ],
)
def test_the_cheapest_remedy_is_named(changed: dict[str, object], remedy: Remedy) -> None:
    found = hint(replace(HELD, **changed))  # type: ignore[arg-type]  # any of its fields
    assert found is not None
    assert found.remedy is remedy


def test_what_is_at_stake_is_the_idle_part_of_the_rest_of_the_term() -> None:
    found = hint(HELD)
    assert found is not None
    assert (found.monthly, found.at_stake) == (Decimal(730), Decimal(5_000))
    unknown = hint(replace(HELD, remaining_hours=None))
    assert unknown is not None
    assert (unknown.monthly, unknown.at_stake) == (Decimal(730), None)


def test_what_is_well_used_is_left_alone() -> None:
    assert hint(replace(HELD, use=replace(HALF_USED, used=Decimal("8.01")))) is None
    assert hint(replace(HELD, use=Use())) is None
    assert hint(replace(HELD, use=replace(HALF_USED, used=Decimal(8)))) is not None
