"""Names of machine families: what class a machine is of, and whether another's cores are at least as new."""

import re
from dataclasses import dataclass

from assay.clouds.domain.machine_types import MachineType

NAME = re.compile(r"(?:db\.)?([a-z]+?)(\d+)([a-z]*)(-[a-z]+)?\.")
GENERAL = frozenset({"t", "m", "c", "r"})
BURSTABLE_LAG = {2: 4, 3: 5, 4: 6}
"""The generation of m whose cores t2, t3 and t4g have."""


@dataclass(frozen=True, slots=True)
class Family:
    """kind: the letters before the number. flex: gives full CPU only for most of the time."""

    kind: str
    generation: int
    suffix: str
    flex: bool

    @property
    def cores(self) -> int:
        return BURSTABLE_LAG.get(self.generation, self.generation) if self.kind == "t" else self.generation

    @property
    def high_frequency(self) -> bool:
        return "z" in self.kind or "z" in self.suffix


def family_of(machine: MachineType) -> Family | None:
    """None where the name is not built as those of families are: `mac1`, `u-6tb1`."""
    match = NAME.match(machine.name)
    if not match:
        return None
    kind, generation, suffix, rest = match.groups()
    return Family(kind, int(generation), suffix, rest == "-flex")


def refuse_family(now: MachineType, then: MachineType) -> str:
    """Why a core of the other machine may do less or is of another sort; empty where it does not."""
    if now.family == then.family:
        return ""
    here, there = family_of(now), family_of(then)
    if here is None or there is None:
        return "families of these names do not compare"
    refusals = {
        "flex types give all of their CPU for a part of the time only": there.flex,
        f"{then.family} is made for other work": here.kind != there.kind and there.kind not in GENERAL,
        f"cores of {then.family} are slower than those of {now.family}": here.high_frequency and not there.high_frequency,
        f"cores of {then.family} are older than those of {now.family}": there.cores < here.cores
        and here.kind in GENERAL | {there.kind},
    }
    return next((refusal for refusal, true in refusals.items() if true), "")


def is_newer(now: MachineType, then: MachineType) -> bool:
    """Whether the other is of the same class with newer cores."""
    here, there = family_of(now), family_of(then)
    return here is not None and there is not None and here.kind == there.kind and there.generation > here.generation
