"""What Savings Plans charge, as bills and an organization's own table say it. A rate is never guessed from another one's."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase

from assay.core.errors import Invalid
from assay.recommendations.domain.savings_plans import Payment, PlanType

COLUMNS = ("plan", "scope", "term_years", "payment", "region", "meter", "ratio", "source")
TERMS_OF_YEARS = (1, 3)
MOST_ROWS = 100_000

_USAGE_TYPE = re.compile(
    r"(?:[A-Z0-9]+-)?(?P<plan>Compute|EC2|SageMaker|Database)SP:(?:(?P<scope>[a-z0-9-]+)\.)?(?P<years>[13])yr(?P<payment>No|Partial|All)Upfront"
)
_PLANS = {
    "Compute": PlanType.COMPUTE,
    "EC2": PlanType.EC2_INSTANCE,
    "SageMaker": PlanType.SAGEMAKER,
    "Database": PlanType.DATABASE,
}
_PAYMENTS = {"No": Payment.NO_UPFRONT, "Partial": Payment.PARTIAL_UPFRONT, "All": Payment.ALL_UPFRONT}


@dataclass(frozen=True, slots=True, order=True)
class Terms:
    """What a plan is. scope: the family of an EC2 Instance plan; its region is the purchase's."""

    plan: PlanType
    term_years: int
    payment: Payment
    scope: str = ""


def read_usage_type(text: str) -> Terms | None:
    """`ComputeSP:1yrNoUpfront`, `USW2-EC2SP:m5.3yrAllUpfront`: the usage type of a plan's fee. None for anything else."""
    found = _USAGE_TYPE.search(text)
    if found is None:
        return None
    return Terms(_PLANS[found["plan"]], int(found["years"]), _PAYMENTS[found["payment"]], found["scope"] or "")


@dataclass(frozen=True, slots=True)
class PlanRate:
    """ratio: plan rate / on-demand rate of the meters that the pattern names; * stands for any text. region: empty for any."""

    terms: Terms
    region: str
    meter: str
    ratio: Decimal
    source: str

    def fits(self, *, region: str, meter: str) -> bool:
        return self.region in ("", region) and fnmatchcase(meter, self.meter)


def parse_plan_rates(lines: Iterable[str], *, name: str = "the table of rates") -> tuple[PlanRate, ...]:
    """From the lines of CSV text with the header of COLUMNS. raises: Invalid naming the line; taken whole or not at all."""
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Invalid(f"{name}, line 1: the columns must be {', '.join(COLUMNS)}, in this order.", field="rates")
    rates = []
    for row in reader:
        where = f"{name}, line {reader.line_num}"
        if None in row or None in row.values():
            raise Invalid(f"{where}: a row has {len(COLUMNS)} values.", field="rates")
        rates.append(_parse_rate(row, where=where))
        if len(rates) > MOST_ROWS:
            raise Invalid(f"{name} has more than {MOST_ROWS} rows: leave out what is not used.", field="rates")
    return tuple(rates)


def _parse_rate(row: Mapping[str, str], *, where: str) -> PlanRate:
    plan, payment = (
        _among(row[column], kind, where=where, column=column) for column, kind in (("plan", PlanType), ("payment", Payment))
    )
    if row["term_years"] not in map(str, TERMS_OF_YEARS):
        raise Invalid(f"{where}: term_years is {row['term_years']!r}; write 1 or 3.", field="rates")
    blank = [column for column in ("meter", "source") if not row[column].strip()]
    if blank:
        raise Invalid(f"{where}: {blank[0]} is empty.", field="rates")
    terms = Terms(PlanType(plan), int(row["term_years"]), Payment(payment), row["scope"])
    if (terms.plan is PlanType.EC2_INSTANCE) is not bool(terms.scope and row["region"]):
        raise Invalid(
            f"{where}: an EC2 Instance plan has a family as scope and a region; other plans have no scope.", field="rates"
        )
    return PlanRate(terms, row["region"], row["meter"], _parse_ratio(row["ratio"], where=where), row["source"])


def _among(text: str, words: type[PlanType] | type[Payment], *, where: str, column: str) -> str:
    if text not in set(words):
        raise Invalid(f"{where}: {column} is {text!r}; write one of {', '.join(words)}.", field="rates")
    return text


def _parse_ratio(text: str, *, where: str) -> Decimal:
    try:
        ratio = Decimal(text)
        if 0 < ratio < 1 and ratio == round(ratio, 9):
            return ratio
    except InvalidOperation as error:
        raise Invalid(f"{where}: ratio is {text!r}, which is not a decimal number.", field="rates") from error
    raise Invalid(f"{where}: ratio is {text!r}; it must lie between 0 and 1, with at most 9 decimals.", field="rates")
