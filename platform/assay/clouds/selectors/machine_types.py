"""What machine types can do: as their region tells it, or by the table that Assay ships until a connector has asked."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from assay.clouds.domain.details import load_machine_type
from assay.clouds.domain.machine_type_tables import ListedType, parse_machine_types
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.models import FetchedMachineType

SHIPPED = Path(__file__).resolve().parents[1] / "prices" / "aws_machine_types.csv"


def list_machine_types(provider: str, region: str) -> Sequence[MachineType]:
    """All that the region offers, by name, where it was asked; else the shipped ones. A public list, of no organization."""
    rows = FetchedMachineType.objects.filter(provider=provider, region=region).order_by("name")
    fetched = tuple(load_machine_type(plain) for plain in rows.values_list("details", flat=True))
    return fetched or shipped_machine_types(provider)


@cache
def shipped_machine_types(provider: str) -> tuple[MachineType, ...]:
    """Those of no region in particular; empty for a provider that the table does not name."""
    return tuple(one.machine_type for one in read_machine_types() if one.provider == provider)


@cache
def read_machine_types() -> tuple[ListedType, ...]:
    """The shipped table. It changes with a release only, so a process reads it once."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return parse_machine_types(lines, name=SHIPPED.name)
