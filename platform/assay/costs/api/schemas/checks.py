"""What was found of FOCUS's rules in the ledger."""

from typing import Self

from ninja import Schema

from assay.costs.domain.checks import CheckReport, CheckResult, Standing


class ExampleOut(Schema):
    """place: column → value of the charge, or of the group of charges. values: what is wrong. filter: for costs/charges."""

    place: dict[str, str]
    values: dict[str, str | None]
    filter: str


class CheckOut(Schema):
    """number: of the invariant of money; empty for rules of form. checked, failing: charges, or groups of charges where sums are
    compared. standing: `required`, or `expected` for what is usual.
    """

    name: str
    number: str
    title: str
    standing: Standing
    ok: bool
    checked: int
    failing: int
    examples: list[ExampleOut]

    @classmethod
    def of(cls, found: CheckResult) -> Self:
        check = found.check
        examples = [ExampleOut(place=dict(one.place), values=dict(one.values), filter=one.filter) for one in found.examples]
        return cls(
            name=check.name,
            number=check.number,
            title=check.title,
            standing=check.standing,
            ok=found.holds,
            checked=found.checked,
            failing=found.failing,
            examples=examples,
        )


class CheckList(Schema):
    """ok: whether every required check holds. rows: charges looked at. ledger_version: changes whenever the ledger does."""

    items: list[CheckOut]
    next_cursor: str | None = None
    ok: bool
    rows: int
    ledger_version: int

    @classmethod
    def of(cls, report: CheckReport) -> Self:
        items = [CheckOut.of(found) for found in report.results]
        return cls(items=items, ok=not report.broken, rows=report.rows, ledger_version=report.version)
