"""Numbered pages of a list."""

from dataclasses import dataclass

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """number: from 1. total: rows in all."""

    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def end(self) -> int:
        return min(self.offset + self.size, self.total)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.end < self.total

    @property
    def previous_number(self) -> int:
        return self.number - 1

    @property
    def next_number(self) -> int:
        return self.number + 1

    @property
    def summary(self) -> str:
        if not self.has_previous and not self.has_next:
            return f"{self.total:,}"
        return f"{min(self.offset + 1, self.total):,} to {self.end:,} of {self.total:,}"


def read_page(text: str, *, total: int, size: int = PAGE_SIZE) -> Page:
    """The page that a URL names, kept within what exists."""
    last = max(1, -(-total // size))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    return Page(number=min(max(number, 1), last), total=total, size=size)
