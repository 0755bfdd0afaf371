"""Normalised units of reserved instances, where sizes may stand for each other, and to which machines reservations are applied.

Facts: AWS's EC2 user guide, "How Reserved Instance discounts are applied".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assay.core.money import EXACT

ZERO = Decimal(0)
FACTORS = {
    "nano": Decimal("0.25"),
    "micro": Decimal("0.5"),
    "small": Decimal(1),
    "medium": Decimal(2),
    "large": Decimal(4),
    "xlarge": Decimal(8),
}
OF_AN_XLARGE = Decimal(8)
LINUX = "linux"
"""Red Hat, SUSE and Windows have platforms of their own."""
SHARED = "shared"
MULTIPLE = re.compile(r"([1-9][0-9]*)xlarge")
NOT_FLEXIBLE = re.compile(r"(?:g|gr|p|inf|trn|dl|vt|f|hpc|mac|u)[0-9-].*")
"""Families whose reservations fit one size alone. AWS lists G4ad, G4dn, G5 and later, Inf and others by name; every family with accelerators,
high-performance networks or terabytes of memory counts as such here, so that advice never relies on what may not hold."""


def factor_of(size: str) -> Decimal | None:
    """Units of an instance of this size: 8 per xlarge. None for sizes that stand in no ratio to others, such as metal."""
    found = MULTIPLE.fullmatch(size)
    return OF_AN_XLARGE * int(found[1]) if found else FACTORS.get(size)


def split_type(instance_type: str) -> tuple[str, str]:
    """m5.2xlarge → (m5, 2xlarge)."""
    family, _, size = instance_type.partition(".")
    return family, size


@dataclass(frozen=True, slots=True)
class Reservation:
    """zone: of a zonal one, empty for a regional one. count: instances in every hour."""

    id: str
    account: str
    instance_type: str
    region: str
    count: int
    zone: str = ""
    platform: str = LINUX
    tenancy: str = SHARED

    @property
    def flexible(self) -> bool:
        """Whether it stands for every size of its family: regional, Linux without a licence, shared hardware, no accelerators, no bare metal."""
        return not self.zone and is_flexible(self.instance_type, platform=self.platform, tenancy=self.tenancy)

    @property
    def units(self) -> Decimal:
        """In an hour: normalised, or instances where sizes do not stand for each other."""
        return self.count * self.units_each

    @property
    def units_each(self) -> Decimal:
        factor = factor_of(split_type(self.instance_type)[1])
        return factor if self.flexible and factor is not None else Decimal(1)


def is_flexible(instance_type: str, *, platform: str = LINUX, tenancy: str = SHARED) -> bool:
    family, size = split_type(instance_type)
    fits = NOT_FLEXIBLE.fullmatch(family) is None and factor_of(size) is not None
    return fits and platform == LINUX and tenancy == SHARED


@dataclass(frozen=True, slots=True)
class Running:
    """On-demand machines of one kind in one hour. hours: instance-hours; several machines or a part of an hour."""

    account: str
    instance_type: str
    region: str
    zone: str
    hours: Decimal
    platform: str = LINUX
    tenancy: str = SHARED


@dataclass(frozen=True, slots=True)
class Applied:
    """covered: instance-hours per item of what ran. unused: units per reservation."""

    covered: tuple[Decimal, ...]
    unused: tuple[Decimal, ...]


def apply_reservations(running: Sequence[Running], reservations: Sequence[Reservation], *, shared: bool = True) -> Applied:
    """Of one hour, as AWS does: zonal reservations before regional ones, the owner's machines before others', and the smallest size first.

    shared: whether machines of other accounts of the organization may use a reservation.
    """
    left = [machine.hours for machine in running]
    unused = [reservation.units for reservation in reservations]
    for owned in (True, False) if shared else (True,):
        for place in sorted(range(len(reservations)), key=lambda one: not reservations[one].zone):
            reservation = reservations[place]
            for item in _order(running, reservation, owned=owned):
                units = _units_of(running[item], reservation)
                hours = min(left[item], EXACT.divide(unused[place], units))
                left[item] = EXACT.subtract(left[item], hours)
                unused[place] = EXACT.subtract(unused[place], EXACT.multiply(hours, units))
    covered = [EXACT.subtract(machine.hours, rest) for machine, rest in zip(running, left, strict=True)]
    return Applied(tuple(covered), tuple(unused))


def _order(running: Sequence[Running], reservation: Reservation, *, owned: bool) -> list[int]:
    fitting = [
        item
        for item, machine in enumerate(running)
        if (machine.account == reservation.account) is owned and _fits(machine, reservation)
    ]
    return sorted(fitting, key=lambda item: _units_of(running[item], reservation))


def _fits(machine: Running, reservation: Reservation) -> bool:
    if (machine.region, machine.platform, machine.tenancy) != (reservation.region, reservation.platform, reservation.tenancy):
        return False
    if reservation.flexible:
        family, size = split_type(machine.instance_type)
        return family == split_type(reservation.instance_type)[0] and factor_of(size) is not None
    return machine.instance_type == reservation.instance_type and reservation.zone in ("", machine.zone)


def _units_of(machine: Running, reservation: Reservation) -> Decimal:
    factor = factor_of(split_type(machine.instance_type)[1])
    return factor if reservation.flexible and factor is not None else Decimal(1)
