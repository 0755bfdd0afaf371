"""What a bill must say of itself: FOCUS's rules about money and form, and what was found of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """REQUIRED: the bill is wrong where it is broken. EXPECTED: usual, and what differs wants a look."""

    REQUIRED = "required"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Check:
    """name: for programs. number: of the invariant of money that it is part of (docs/bills.md); empty for rules of form."""

    name: str
    title: str
    number: str = ""
    standing: Standing = Standing.REQUIRED


@dataclass(frozen=True, slots=True)
class Example:
    """place: what finds the charge, or the charges: column → value. values: what is wrong there. filter: of the same, for a list of charges."""

    place: Mapping[str, str]
    values: Mapping[str, str | None]
    filter: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """checked, failing: charges that the rule concerns, or groups of charges where it compares sums; failing ones are among them."""

    check: Check
    checked: int
    failing: int
    examples: tuple[Example, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.failing


@dataclass(frozen=True, slots=True)
class CheckReport:
    """results: every check, also those that concern nothing here. version: of the ledger; -1 where it holds nothing."""

    results: tuple[CheckResult, ...]
    rows: int
    version: int

    @property
    def broken(self) -> tuple[CheckResult, ...]:
        """Required checks that fail."""
        return tuple(one for one in self.results if not one.holds and one.check.standing is Standing.REQUIRED)

    @property
    def unusual(self) -> tuple[CheckResult, ...]:
        """Expected ones that fail."""
        return tuple(one for one in self.results if not one.holds and one.check.standing is Standing.EXPECTED)

    @property
    def holding(self) -> tuple[CheckResult, ...]:
        return tuple(one for one in self.results if one.holds)
