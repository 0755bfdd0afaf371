"""How commitments were used, and what they left on demand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from assay.accounts.selectors.organizations import get_organization
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.core.money import EXACT
from assay.costs.selectors.currencies import pick_currency
from assay.costs.selectors.freshness import find_reach
from assay.recommendations.domain.commitment_report import CommitmentReport, CommitmentView
from assay.recommendations.domain.commitments import Coverage, Hour, SavingsRate, Scope, Use, add_coverage, add_hours
from assay.recommendations.domain.idle_commitments import Held as HeldCommitment
from assay.recommendations.domain.idle_commitments import Offering, hint
from assay.recommendations.domain.plan_rates import Terms, read_usage_type
from assay.recommendations.domain.reserved_units import split_type
from assay.recommendations.domain.savings_plans import PlanType, may_cover
from assay.recommendations.selectors.coverable_usage import (
    CommitmentLedger,
    Held,
    HourlyUsage,
    Sums,
    UsageKey,
    open_commitments,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MOST_DAYS = 366
HOURLY_UP_TO = timedelta(days=31)
"""Longer reports have steps of a day."""
ZERO = Decimal(0)
AWS = ("AWS", "Amazon Web Services")
YEAR = timedelta(days=365)


def last_days(organization_id: UUID, days: int) -> Interval:
    """The last whole days (UTC) that no bill adds to any more; those before now where nothing is billed."""
    reach = find_reach(organization_id)
    until = min((one for one in (reach.complete_until, reach.charged_until) if one is not None), default=now())
    end = until.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Interval(end - days * DAY, end)


def read_interval(start: date, end: date) -> Interval:
    """Days (UTC), end exclusive. raises: Invalid for days in the wrong order, none, or too many."""
    if not 0 < (end - start).days <= MOST_DAYS:
        raise Invalid(f"Commitments are shown of 1 to {MOST_DAYS} days: `to` is {end}, `from` {start}.", field="to")
    return Interval(*(datetime.combine(day, time.min, tzinfo=UTC) for day in (start, end)))


def report(organization_id: UUID, interval: Interval) -> CommitmentReport:
    """interval: between midnights, UTC."""
    home = get_organization(organization_id).currency
    step = HOUR if interval.length <= HOURLY_UP_TO else DAY
    with open_commitments(organization_id, interval) as ledger:
        return _empty(interval, step, home) if ledger is None else _read(ledger, interval, step, home)


def _read(ledger: CommitmentLedger, interval: Interval, step: timedelta, home: str) -> CommitmentReport:
    held = ledger.list_commitments()
    currency, others = pick_currency(home, [{"currency": one.currency, "charges": one.charges} for one in held])
    hours, sums, usage = ledger.read_hours(currency), ledger.read_sums(currency), ledger.read_usage(currency)
    steps = _steps(interval, step)
    views = [
        _advise(_view(one, hours.get(one.id, {}), steps, step), sums, interval) for one in held if one.currency == currency
    ]
    use = add_hours(hour for one in hours.values() for hour in one.values())
    covered, uncovered = _series(usage, len(steps), int(step / HOUR))
    eligible = {key: one for key, one in sums.items() if is_eligible(key, one.on_demand)}
    return CommitmentReport(
        interval,
        currency,
        others,
        tuple(sorted(views, key=lambda view: (-view.use.committed, view.id))),
        use,
        _coverage(eligible),
        {plan: coverage for plan in PlanType if (coverage := _coverage(_of_plan(eligible, plan))).total},
        _rates(eligible, use),
        steps,
        covered,
        uncovered,
        usage.spread,
        ledger.version,
    )


def _empty(interval: Interval, step: timedelta, currency: str) -> CommitmentReport:
    steps = _steps(interval, step)
    nothing = Coverage(ZERO, ZERO)
    return CommitmentReport(interval, currency, (), (), Use(), nothing, {}, (), steps, {}, (ZERO,) * len(steps), ZERO, -1)


def is_eligible(key: UsageKey, on_demand: Decimal) -> bool:
    """What a commitment covered, and what some Savings Plan may."""
    return bool(key.commitment) or any(may_cover_key(plan, key, on_demand) for plan in PlanType)


def may_cover_key(plan: PlanType, key: UsageKey, on_demand: Decimal) -> bool:
    return may_cover(plan, service=key.service, meter=key.meter, pricing=key.pricing, on_demand=on_demand)


def terms_of(held: Held) -> Terms | None:
    return read_usage_type(held.usage_types)


def _view(held: Held, hours: Mapping[datetime, Hour], steps: Sequence[datetime], step: timedelta) -> CommitmentView:
    terms = terms_of(held)
    by_step: dict[int, list[Hour]] = {}
    for start, hour in hours.items():
        by_step.setdefault(int((start - steps[0]) / step), []).append(hour)
    return CommitmentView(
        held.id,
        held.name,
        held.type,
        held.provider,
        terms,
        add_hours(hours.values()),
        held.since,
        None if terms is None else held.since + terms.term_years * YEAR,
        tuple(add_hours(by_step.get(number, ())) for number in range(len(steps))),
    )


def _advise(view: CommitmentView, sums: Mapping[UsageKey, Sums], interval: Interval) -> CommitmentView:
    """With what can be done about idleness. It is known to be young only where the interval shows its beginning."""
    if view.provider not in AWS:
        return view
    covered = {_machine(key) for key in sums if key.commitment == view.id and key.instance_type}
    same = sum((one.on_demand for key, one in sums.items() if not key.commitment and _machine(key) in covered), ZERO)
    began = view.since if view.since > interval.start else view.since - YEAR
    remaining = None if view.ends_by is None else max(0, int((view.ends_by - interval.end) / HOUR))
    held = HeldCommitment(
        view.id,
        Offering.SAVINGS_PLAN if "Savings Plan" in view.type else Offering.RESERVATION,
        view.use,
        view.per_hour,
        remaining,
        int((interval.end - began) / HOUR),
        same_family=same,
    )
    return replace(view, hint=hint(held))


def _machine(key: UsageKey) -> tuple[str, str]:
    return split_type(key.instance_type)[0], key.region


def _steps(interval: Interval, step: timedelta) -> tuple[datetime, ...]:
    return tuple(interval.start + number * step for number in range(int(interval.length / step)))


def _series(usage: HourlyUsage, steps: int, width: int) -> tuple[dict[str, tuple[Decimal, ...]], tuple[Decimal, ...]]:
    """Covered per commitment, and uncovered, per step of so many hours."""
    covered: dict[str, tuple[Decimal, ...]] = {}
    uncovered = (ZERO,) * steps
    for place, key in enumerate(usage.keys):
        sums = usage.on_demand[:, place].reshape(steps, width).sum(axis=1)
        amounts = [Decimal(repr(round(float(amount), 9))) for amount in sums]
        if key.commitment:
            covered[key.commitment] = _add(covered.get(key.commitment, (ZERO,) * steps), amounts)
        elif is_eligible(key, sum(amounts, ZERO)):
            uncovered = _add(uncovered, amounts)
    return covered, uncovered


def _add(one: Iterable[Decimal], other: Iterable[Decimal]) -> tuple[Decimal, ...]:
    return tuple(EXACT.add(left, right) for left, right in zip(one, other, strict=True))


def _of_plan(sums: Mapping[UsageKey, Sums], plan: PlanType) -> dict[UsageKey, Sums]:
    return {key: one for key, one in sums.items() if may_cover_key(plan, key, one.on_demand)}


def _coverage(sums: Mapping[UsageKey, Sums]) -> Coverage:
    return add_coverage(
        Coverage(one.on_demand, ZERO) if key.commitment else Coverage(ZERO, one.on_demand) for key, one in sums.items()
    )


def _rates(sums: Mapping[UsageKey, Sums], use: Use) -> tuple[SavingsRate, ...]:
    """Against contracted prices, so commitments alone; and against list prices."""
    if not sums:
        return ()
    services = tuple(sorted({key.service for key in sums}))
    effective, on_demand, listed = use.unused, ZERO, ZERO
    for one in sums.values():
        effective = EXACT.add(effective, one.effective)
        on_demand = EXACT.add(on_demand, one.on_demand)
        listed = EXACT.add(listed, one.listed)
    return (
        SavingsRate(effective, on_demand, Scope(services, negotiated=False)),
        SavingsRate(effective, listed, Scope(services, negotiated=True)),
    )
