"""Sources by months: which the ledger holds, and where one is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.costs.domain.sources import HeldPeriod, SourceView

SHOWN = 13


@dataclass(frozen=True, slots=True)
class Month:
    """One cell: held, missing between others, or outside of what the source has. period: None unless held."""

    label: str
    period: HeldPeriod | None
    is_gap: bool

    @property
    def state(self) -> str:
        if self.period is None:
            return "gap" if self.is_gap else "none"
        return str(self.period.state)


def list_months(sources: Iterable[SourceView], *, this_month: str, shown: int = SHOWN) -> list[str]:
    """The last months, `YYYY-MM`, from the newest that is held, or the current one, backwards."""
    newest = max([this_month, *(period.billing_period for source in sources for period in source.periods)])
    year, number = (int(part) for part in newest.split("-"))
    count = [year * 12 + number - 1 - back for back in range(shown)]
    return [f"{index // 12:04}-{index % 12 + 1:02}" for index in count]


def place_months(source: SourceView, months: Sequence[str]) -> list[Month]:
    held = {period.billing_period: period for period in source.periods}
    first, last = min(held, default=""), max(held, default="")
    return [Month(month, held.get(month), bool(held) and first < month < last and month not in held) for month in months]
