"""The catalogue of traps is complete."""

import re
from pathlib import Path

HERE = Path(__file__).parent
OF_BILLS = range(1, 43)
"""Those after them are of commitments to buy, right-sizing, storage, Databricks, runs and forecasts, and are named where these are."""


def test_every_trap_of_bills_has_a_test_with_its_number() -> None:
    found = [re.findall(r"^def test_trap_(\d+)_\w+", path.read_text(), re.MULTILINE) for path in HERE.glob("test_*.py")]
    numbers = {int(number) for names in found for number in names}
    assert sorted(set(OF_BILLS) - numbers) == []
