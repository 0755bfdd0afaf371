"""When each training ran, on the demo's clock: spread over the bill's months, machine by machine."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from assay_client.demo.bill.periods import Month
from assay_client.demo.trainings.plans import Training

LONGEST_PART = 0.4  # of a machine's slot that a run may take
LATEST_START = 0.3  # of the slot
LATER_BESIDE = 0.35  # of its own length that a run starts after the one it runs beside


@dataclass(frozen=True, slots=True)
class Window:
    """[start, end) of a run, UTC. share: of its machine."""

    start: datetime
    end: datetime
    share: str = "1"

    def at(self, fraction: float) -> datetime:
        """fraction: of the work done, 0 to 1."""
        return self.start + (self.end - self.start) * fraction

    def part(self, number: int, count: int) -> "Window":
        """One of `count` equal parts, in order, from 0."""
        return Window(self.at(number / count), self.at((number + 1) / count), self.share)


def milliseconds(at: datetime) -> int:
    """Since 1970, as MLflow counts."""
    return round(at.timestamp() * 1000)


def plan_windows(trainings: Sequence[Training], months: Sequence[str]) -> list[Window]:
    """A window for each training, inside the months. On one machine none overlap but those planned side by side, by half each.

    Each machine's time is cut into equal slots, one for each training or pair on it.
    """
    begin, end = Month(months[0]).start, Month(months[-1]).end
    slots = _slots(trainings)
    counts = Counter(machine for machine, _ in set(slots))
    shared = {slot for slot, count in Counter(slots).items() if count > 1}
    return [
        _window(
            training,
            begin + (end - begin) / counts[slot[0]] * slot[1],
            (end - begin) / counts[slot[0]],
            "0.5" if slot in shared else "1",
        )
        for training, slot in zip(trainings, slots, strict=True)
    ]


def _slots(trainings: Sequence[Training]) -> list[tuple[str, int]]:
    """Machine and number of each training's slot; those side by side have the same."""
    slots: list[tuple[str, int]] = []
    taken: Counter[str] = Counter()
    for training in trainings:
        if not training.beside_previous:
            taken[training.machine] += 1
        slots.append((training.machine, taken[training.machine] - 1))
    return slots


def _window(training: Training, slot_start: datetime, slot: timedelta, share: str) -> Window:
    length = min(timedelta(hours=training.hours), slot * LONGEST_PART)
    chance = Random(f"{training.machine}/{slot_start}")  # noqa: S311  a demo's times, the same for a pair
    start = slot_start + slot * LATEST_START * chance.random()
    if training.beside_previous:
        start += length * LATER_BESIDE
    start = start.replace(microsecond=0)
    return Window(start, (start + length).replace(microsecond=0), share)
