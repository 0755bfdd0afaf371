"""Sums of charges, and why they changed; amounts are text."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Self

from ninja import Schema

from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits
from assay.costs.domain.comparisons import Cause, Driver, Explanation
from assay.costs.domain.dimensions import name_group
from assay.costs.domain.questions import AnswerRow, CostAnswer, CostQuestion, Granularity


class SummaryRow(Schema):
    """key: dimension → value; null for charges without one. before: in the days compared with. series: amount per step."""

    key: dict[str, str | None]
    labels: dict[str, str] = {}
    amount: str
    before: str | None = None
    series: list[str] | None = None

    @classmethod
    def of(cls, row: AnswerRow, question: CostQuestion) -> Self:
        names = [name_group(group) for group in question.group_by]
        return cls(
            key=dict(zip(names, row.key, strict=False)),
            labels={name: label for name, label in zip(names, row.labels, strict=False) if label},
            amount=f"{row.amount:f}",
            before=None if question.before is None else f"{row.before:f}",
            series=None if question.granularity is None else [f"{amount:f}" for amount in row.series],
        )


class Days(Schema):
    """Half-open, UTC."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, interval: Interval) -> Self:
        return cls(start=interval.start, end=interval.end)


class Summary(Schema):
    """rows, in order, and rest (all groups that are not named) sum to total exactly, in one currency; other_currencies are
    charged in too. groups: how many there are. steps: of the granularity, in UTC. charged_until: end of the latest charge of the
    ledger; what begins from complete_until on may still grow. ledger_version: changes whenever the ledger does.
    """

    rows: list[SummaryRow]
    rest: SummaryRow | None
    groups: int
    total: str
    total_before: str | None
    currency: str
    other_currencies: list[str]
    basis: Basis
    credits: Credits
    interval: Days
    before: Days | None
    granularity: Granularity | None
    steps: list[str]
    step_totals: list[str]
    charged_until: datetime | None
    complete_until: datetime | None
    ledger_version: int

    @classmethod
    def of(cls, answer: CostAnswer, question: CostQuestion) -> Self:
        return cls(
            rows=[SummaryRow.of(row, question) for row in answer.rows],
            rest=None if answer.rest is None else SummaryRow.of(answer.rest, question),
            groups=answer.groups,
            total=f"{answer.total:f}",
            total_before=None if question.before is None else f"{answer.total_before:f}",
            currency=answer.currency,
            other_currencies=list(answer.other_currencies),
            basis=question.basis,
            credits=question.credits,
            interval=Days.of(question.interval),
            before=None if question.before is None else Days.of(question.before),
            granularity=question.granularity,
            steps=list(answer.steps),
            step_totals=[f"{amount:f}" for amount in answer.step_totals],
            charged_until=answer.reach.charged_until,
            complete_until=answer.reach.complete_until,
            ledger_version=answer.version,
        )


class DriverOut(Schema):
    """One thing whose cost changed; causes sum to change exactly. measure: the quantity of FOCUS by which its use is compared, if any."""

    account: str | None
    service: str | None
    region: str | None
    resource: str | None
    sku: str | None
    unit: str | None
    measure: str | None
    before: str
    now: str
    change: str
    causes: dict[Cause, str]

    @classmethod
    def of(cls, driver: Driver) -> Self:
        account, service, region, resource, sku, unit, measure = driver.key
        return cls(
            account=account,
            service=service,
            region=region,
            resource=resource,
            sku=sku,
            unit=unit,
            measure=measure,
            before=f"{driver.before:f}",
            now=f"{driver.now:f}",
            change=f"{driver.change:f}",
            causes=_texts(driver.effects),
        )


class Changes(Schema):
    """causes, and drivers with others, each sum to change exactly."""

    before: str
    now: str
    change: str
    causes: dict[Cause, str]
    drivers: list[DriverOut]
    others: str
    currency: str
    other_currencies: list[str]
    basis: Basis
    credits: Credits
    interval: Days
    compared_with: Days

    @classmethod
    def of(cls, found: Explanation, question: CostQuestion, before: Interval) -> Self:
        return cls(
            before=f"{found.before:f}",
            now=f"{found.now:f}",
            change=f"{found.change:f}",
            causes=_texts(found.causes),
            drivers=[DriverOut.of(driver) for driver in found.drivers],
            others=f"{found.others:f}",
            currency=found.currency,
            other_currencies=list(found.other_currencies),
            basis=question.basis,
            credits=question.credits,
            interval=Days.of(question.interval),
            compared_with=Days.of(before),
        )


def _texts(amounts: Mapping[Cause, Decimal]) -> dict[Cause, str]:
    return {cause: f"{amount:f}" for cause, amount in amounts.items()}
