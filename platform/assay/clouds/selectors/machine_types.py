"""The table of machine types that Assay ships: what a machine can do before a connector has asked its region."""

from functools import cache
from pathlib import Path

from assay.clouds.domain.machine_type_tables import ListedType, parse_machine_types
from assay.clouds.domain.machine_types import MachineType

SHIPPED = Path(__file__).resolve().parents[1] / "prices" / "aws_machine_types.csv"


@cache
def shipped_machine_types(provider: str) -> tuple[MachineType, ...]:
    """Those of no region in particular; empty for a provider that the table does not name."""
    return tuple(one.machine_type for one in read_machine_types() if one.provider == provider)


@cache
def read_machine_types() -> tuple[ListedType, ...]:
    """The shipped table. It changes with a release only, so a process reads it once."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return parse_machine_types(lines, name=SHIPPED.name)
