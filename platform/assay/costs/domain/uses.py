"""A run's hold on a machine, read from its tags, and what it costs by the price list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from assay.core.intervals import Interval
from assay.core.money import EXACT, Money
from assay.costs.domain.allocation import SHARE_PLACES

PREFIX = "assay.compute."
ON_DEMAND = "on-demand"
NAMING_TAGS = (f"{PREFIX}resource_id", f"{PREFIX}instance_type")
"""A run names a machine by one of these at least."""
TAGS = (*NAMING_TAGS, *(PREFIX + name for name in ("provider", "region", "lifecycle", "share")))
MAX_RESOURCE_ID_LENGTH = 512
MAX_NAME_LENGTH = 100
SECONDS_PER_HOUR = Decimal(3600)

EC2_INSTANCE = re.compile(r"i-([0-9a-f]{8}|[0-9a-f]{17})")
"""An EC2 instance is billed by AWS, whatever schedules work on it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run's tags say about where it runs; empty text where they say nothing.

    provider: who bills the machine. resource_id: its FOCUS ResourceId. share: of the machine, in (0, 1], nine decimals.
    note: what was wrong with the tags and what was done about it.
    """

    provider: str
    resource_id: str
    instance_type: str
    region: str
    lifecycle: str
    share: Decimal
    note: str = ""


def read_machine(tags: Mapping[str, str]) -> Machine | None:
    """The machine that `assay.compute.*` tags name, or None when they name neither a resource nor a type."""
    notes: list[str] = []
    resource_id = _read_name(tags, "resource_id", MAX_RESOURCE_ID_LENGTH, notes)
    instance_type = _read_name(tags, "instance_type", MAX_NAME_LENGTH, notes)
    if not resource_id and not instance_type:
        return None
    provider = _read_name(tags, "provider", MAX_NAME_LENGTH, notes)
    return Machine(
        provider="aws" if EC2_INSTANCE.fullmatch(resource_id) else provider.lower(),
        resource_id=resource_id,
        instance_type=instance_type,
        region=_read_name(tags, "region", MAX_NAME_LENGTH, notes),
        lifecycle=_read_name(tags, "lifecycle", MAX_NAME_LENGTH, notes).lower() or ON_DEMAND,
        share=_read_share(tags, notes),
        note=" ".join(notes),
    )


@dataclass(frozen=True, slots=True)
class MachineUse:
    """A run's hold on a machine over [started_at, ended_at). ended_at: None while the run runs."""

    machine: Machine
    started_at: datetime
    ended_at: datetime | None


def read_use(tags: Mapping[str, str], *, started_at: datetime, ended_at: datetime | None) -> MachineUse | None:
    """The hold that a run's tags and times describe, or None when the tags name no machine.

    ended_at: may lie before started_at where a clock was set back; such a hold has no length, and its note says so.
    """
    machine = read_machine(tags)
    if machine is None:
        return None
    if ended_at is None or ended_at >= started_at:
        return MachineUse(machine, started_at, ended_at)
    note = f"{machine.note} The run ends before it starts, so it holds the machine for no time.".strip()
    return MachineUse(replace(machine, note=note), started_at, started_at)


def _read_name(tags: Mapping[str, str], name: str, limit: int, notes: list[str]) -> str:
    text = tags.get(PREFIX + name, "").strip()
    if len(text) <= limit:
        return text
    notes.append(f"{PREFIX}{name} is longer than {limit} characters and was ignored.")
    return ""


def _read_share(tags: Mapping[str, str], notes: list[str]) -> Decimal:
    text = tags.get(PREFIX + "share", "1").strip()
    share = _parse_share(text)
    if share is None:
        notes.append(f"{PREFIX}share is {text[:40]!r}, not a decimal in (0, 1]; the run counts with share 1.")
    return Decimal(1) if share is None else share


def _parse_share(text: str) -> Decimal | None:
    try:
        share = Decimal(text)
    except InvalidOperation:
        return None
    if not share.is_finite() or not 0 < share <= 1:
        return None
    return share.quantize(Decimal(1).scaleb(-SHARE_PLACES), ROUND_HALF_EVEN) or None


def estimate_cost(price_per_hour: Money, *, interval: Interval, share: Decimal) -> Money:
    """Price * duration * share, rounded half-even to the stored quantum."""
    hours = EXACT.divide(interval.seconds, SECONDS_PER_HOUR)
    return price_per_hour.times(EXACT.multiply(hours, share))
