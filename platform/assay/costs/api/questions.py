"""Parameters of a query as a question to the ledger."""

from datetime import date, timedelta

from ninja import Field, Schema

from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.costs.api.days import FIRST_DAY, LAST_DAY, read_days
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits
from assay.costs.domain.dimensions import Group, read_group
from assay.costs.domain.filters import parse_filter
from assay.costs.domain.questions import CostQuestion, Granularity, RowOrder, previous_interval

PREVIOUS = "previous"
LONGEST_SERIES = timedelta(days=366 * 11)


class ChargeParams(Schema):
    """Charges that begin from `from` until before `to` (days, UTC), and for which the filter holds."""

    start: date = Field(FIRST_DAY, alias="from")
    end: date = Field(LAST_DAY, alias="to")
    basis: Basis = Basis.EFFECTIVE
    credit: Credits = Field(Credits.INCLUDED, alias="credits")
    filter: str = ""

    def read(self) -> CostQuestion:
        interval = read_days(self.start, self.end)
        return CostQuestion(interval, self.basis, self.credit, filter=parse_filter(self.filter))


class SummaryParams(ChargeParams):
    """group_by: at most two, with a comma between. compare: `previous`, or days like 2026-01-01..2026-02-01."""

    group_by: str = "service"
    granularity: Granularity | None = None
    compare: str = ""
    top: int = 1_000
    order: RowOrder = RowOrder.AMOUNT

    def read(self) -> CostQuestion:
        interval = read_days(self.start, self.end)
        if self.granularity and interval.length > LONGEST_SERIES:
            raise Invalid("A series spans at most 11 years: give from and to.", field="granularity")
        return CostQuestion(
            interval,
            self.basis,
            self.credit,
            group_by=read_groups(self.group_by),
            granularity=self.granularity,
            filter=parse_filter(self.filter),
            top=self.top,
            before=read_comparison(self.compare, interval) if self.compare else None,
            order=self.order,
        )


def read_groups(text: str) -> tuple[Group, ...]:
    """raises: Invalid."""
    return tuple(read_group(name) for name in text.split(",") if name.strip())


def read_comparison(text: str, interval: Interval) -> Interval:
    """raises: Invalid."""
    if text == PREVIOUS:
        try:
            return previous_interval(interval)
        except (OverflowError, ValueError) as error:
            raise Invalid("These days have none before them: give from and to.", field="compare") from error
    start, _, end = text.partition("..")
    try:
        return read_days(date.fromisoformat(start), date.fromisoformat(end))
    except ValueError as error:
        raise Invalid(
            f"compare cannot be {text!r}: give previous, or days like 2026-01-01..2026-02-01.", field="compare"
        ) from error
