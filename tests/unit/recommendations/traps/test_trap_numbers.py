"""The catalogue of traps is complete, also behind those of bills."""

import re
from pathlib import Path

HERE = Path(__file__).parent
OF_COMMITMENTS = range(41, 49)


def test_every_trap_of_commitments_has_a_test_with_its_number() -> None:
    found = [re.findall(r"^def test_trap_(\d+)_\w+", path.read_text(), re.MULTILINE) for path in HERE.glob("test_*.py")]
    numbers = {int(number) for names in found for number in names}
    assert sorted(set(OF_COMMITMENTS) - numbers) == []
