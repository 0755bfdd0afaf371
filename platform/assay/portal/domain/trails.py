"""The way back through pages that are read by key: the cursors of the pages before, as the address carries them."""

from dataclasses import dataclass

SEPARATOR = "~"
LONGEST = 12
"""Pages that one can go back one by one; further back it goes to the first one."""


@dataclass(frozen=True, slots=True)
class Place:
    """number: of the page, from 1. cursor: of the page itself, empty for the first. before: cursors of the pages before it."""

    number: int = 1
    cursor: str = ""
    before: tuple[str, ...] = ()

    @property
    def trail(self) -> str:
        return SEPARATOR.join(self.before)

    def following(self, cursor: str) -> "Place":
        return Place(self.number + 1, cursor, (*self.before, self.cursor)[-LONGEST:])

    def preceding(self) -> "Place | None":
        if not self.cursor:
            return None
        if not self.before or not self.before[-1]:
            return Place()
        return Place(max(self.number - 1, 1), self.before[-1], self.before[:-1])


def read_place(*, cursor: str, trail: str, number: str) -> Place:
    if not cursor:
        return Place()
    known = number.isascii() and number.isdigit() and len(number) < 9
    return Place(max(int(number), 2) if known else 2, cursor, tuple(trail.split(SEPARATOR)[-LONGEST:]) if trail else ())
