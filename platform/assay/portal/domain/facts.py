"""What is worth looking at, in one sentence each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """tone: good, warn or bad. href: where it can be looked into, with the same figures."""

    tone: str
    icon: str
    text: str
    note: str
    href: str
