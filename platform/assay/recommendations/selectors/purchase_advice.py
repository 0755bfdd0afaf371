"""Which commitments to buy, by the usage that the bill shows and rates that somebody has told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from uuid import UUID

import numpy as np

from assay.accounts.selectors.organizations import get_organization
from assay.core.errors import Invalid
from assay.core.intervals import Interval
from assay.core.money import EXACT
from assay.costs.selectors.currencies import pick_currency
from assay.recommendations.domain.advice_report import AdviceQuestion, AdviceReport, Unrated, WhatIf, list_purchases
from assay.recommendations.domain.commitments import Hour
from assay.recommendations.domain.plan_rates import PlanRate, Terms
from assay.recommendations.domain.purchase_advice import Advice, Offer, Queued, advise, open_demand, plan_purchases
from assay.recommendations.domain.purchases import DAY_HOURS, MOST, NANO, PER_UNIT, Curve, Demand, to_nanos
from assay.recommendations.domain.reserved_units import split_type
from assay.recommendations.domain.savings_plans import PlanType
from assay.recommendations.selectors.claimed_usage import list_claims, scale_claims
from assay.recommendations.selectors.commitments import MOST_DAYS, YEAR, is_eligible, last_days, may_cover_key, terms_of
from assay.recommendations.selectors.coverable_usage import (
    HOUR,
    CommitmentLedger,
    Held,
    HourlyUsage,
    Sums,
    UsageKey,
    open_commitments,
)

ZERO = Decimal(0)
SOON = timedelta(days=30)
BILL = "the bill"
OWN_TABLE = "the organization's table"


@dataclass(frozen=True, slots=True)
class Basis:
    """What advice stands on. keys: name of a SKU → one of its keys."""

    demand: Demand
    offers: tuple[Offer, ...]
    keys: Mapping[str, UsageKey]
    expiring: tuple[str, ...]
    claimed: Decimal
    spread: Decimal
    currency: str
    ledger_version: int


def find_advice(organization_id: UUID, question: AdviceQuestion) -> AdviceReport:
    """raises: Invalid for days that cannot be looked at."""
    interval, basis = _prepare(organization_id, question)
    risk = question.risk.risk
    each = [advise(basis.demand, offer, risk) for offer in basis.offers]
    return AdviceReport(
        Interval(basis.demand.start, interval.end),
        basis.currency,
        basis.demand.total,
        plan_purchases(basis.demand, basis.offers, risk),
        tuple(sorted(each, key=lambda advice: -advice.saving_monthly)),
        _list_unrated(basis),
        basis.expiring,
        basis.claimed,
        basis.spread,
        question.risk,
        basis.ledger_version,
    )


def find_purchases(
    organization_id: UUID, question: AdviceQuestion, *, offer_name: str, also: Sequence[Decimal] = ()
) -> tuple[Advice, tuple[WhatIf, ...]]:
    """The advice on one offer, by its name, and purchases of other sizes, also of those named. raises: Invalid where there is no such offer."""
    _, basis = _prepare(organization_id, question)
    offer = next((one for one in basis.offers if one.name == offer_name), None)
    if offer is None:
        known = "; ".join(one.name for one in basis.offers) or "none, since no rate is known"
        raise Invalid(f"There is no offer {offer_name!r}. Offers are: {known}.", field="offer")
    advice = advise(basis.demand, offer, question.risk.risk)
    window = basis.demand.last_days(advice.window_days)
    return advice, list_purchases(window, offer, drop=question.risk.risk.drop, also=(advice.commitment, *also))


def _prepare(organization_id: UUID, question: AdviceQuestion) -> tuple[Interval, Basis]:
    if not 1 <= question.days <= MOST_DAYS:
        raise Invalid(f"days must lie between 1 and {MOST_DAYS}.", field="days")
    interval = last_days(organization_id, question.days)
    home = get_organization(organization_id).currency
    with open_commitments(organization_id, interval) as ledger:
        if ledger is None:
            nothing = Demand(interval.start, (), np.zeros((question.days * DAY_HOURS, 0), dtype=np.int64))
            return interval, Basis(nothing, (), {}, (), ZERO, ZERO, home, -1)
        return interval, _read(ledger, interval, question, home, list_claims(organization_id))


def _read(
    ledger: CommitmentLedger, interval: Interval, question: AdviceQuestion, home: str, claims: dict[str, Decimal | None]
) -> Basis:
    held = ledger.list_commitments()
    currency, _ = pick_currency(home, [{"currency": one.currency, "charges": one.charges} for one in held])
    sums, usage = ledger.read_sums(currency), ledger.read_usage(currency)
    keys = {key.name: key for key in (*usage.keys, *sums)}
    known = _list_offers(held, sums, question.rates, keys)
    offers = tuple(
        one for one in known if question.term_years in (None, one.term_years) and question.payment in (None, one.payment)
    )
    expiring = _list_expiring(held, interval.end, question.expiring)
    uncovered = _since_first_charge(_demand_of(usage, lambda key: not key.commitment and is_eligible(key, NANO)))
    returning = _since(_demand_of(usage, lambda key: key.commitment in expiring), uncovered)
    claimed = scale_claims(ledger.read_usage_of(currency, sorted(claims)), claims) if claims else None
    saved = [] if claimed is None else [_since(_demand_of(claimed, lambda key: key.commitment in ("", *expiring)), uncovered)]
    queued = [Queued(_ratios_of(known, one.plan), one.commitment) for one in question.queued]
    whole = open_demand(uncovered, expiring=[returning])
    left = open_demand(whole, saved=saved)
    plans = {one.id: terms.plan for one in held if one.id not in expiring and (terms := terms_of(one)) is not None}
    spare = _use_idle(left, ledger.read_hours(currency) if plans else {}, plans, known)
    demand = open_demand(spare, queued=queued)
    claimed_spend = EXACT.subtract(whole.total, left.total)
    return Basis(demand, offers, keys, expiring, claimed_spend, usage.spread, currency, ledger.version)


def _use_idle(
    demand: Demand, hours: Mapping[str, Mapping[datetime, Hour]], plans: Mapping[str, PlanType], offers: Sequence[Offer]
) -> Demand:
    """Without what owned plans could have covered with the part that lay idle, hour by hour, as if every account might use them."""
    for id_, plan in plans.items():
        idle = np.zeros(demand.hours, dtype=np.int64)
        for start, hour in hours.get(id_, {}).items():
            place = int((start - demand.start) / HOUR)
            if 0 <= place < demand.hours:
                idle[place] = max(0, to_nanos(EXACT.subtract(hour.committed, hour.used)))
        demand = Curve(demand, _ratios_of(offers, plan)).remaining_of(idle)
    return demand


def _since_first_charge(demand: Demand) -> Demand:
    """Without the whole days before the bill begins, which say nothing of usage."""
    charged = np.flatnonzero(demand.spend.any(axis=1))
    return demand.between(int(charged[0]) // DAY_HOURS * DAY_HOURS if charged.size else 0, demand.hours)


def _since(demand: Demand, other: Demand) -> Demand:
    return demand.between(demand.hours - other.hours, demand.hours)


def _demand_of(usage: HourlyUsage, counts: Callable[[UsageKey], bool]) -> Demand:
    """Keys of one SKU are one column. raises: Invalid for more than can be held."""
    columns: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(usage.keys):
        if counts(key):
            columns[key.name].append(place)
    spend = np.zeros((len(usage.on_demand), len(columns)))
    for column, places in enumerate(columns.values()):
        spend[:, column] = usage.on_demand[:, places].sum(axis=1)
    if spend.sum() > float(MOST):
        raise Invalid(
            f"Spend of more than {MOST:,} in the days looked at cannot be sized exactly: look at fewer days.", field="days"
        )
    return Demand(usage.start, tuple(columns), np.rint(spend * PER_UNIT).astype(np.int64))


def _list_expiring(held: Sequence[Held], at: datetime, named: Sequence[str]) -> tuple[str, ...]:
    """raises: Invalid for an id that the bill does not know."""
    unknown = sorted(set(named) - {one.id for one in held})
    if unknown:
        raise Invalid(f"The bill has no commitment {unknown[0]!r} in these days.", field="expiring")
    return tuple(one.id for one in held if one.id in named or _ends_before(one, at + SOON))


def _ends_before(held: Held, at: datetime) -> bool:
    terms = terms_of(held)
    return terms is not None and held.since + terms.term_years * YEAR < at


def _list_offers(
    held: Sequence[Held], sums: Mapping[UsageKey, Sums], rates: Sequence[PlanRate], keys: Mapping[str, UsageKey]
) -> tuple[Offer, ...]:
    """Those of the organization's table first; what its rows do not name, the bill may."""
    terms = {one.id: terms_of(one) for one in held}
    of_bill: dict[tuple[Terms, str], dict[str, list[Sums]]] = defaultdict(lambda: defaultdict(list))
    for key, one in sums.items():
        found = terms.get(key.commitment)
        if found is not None and one.on_demand > 0:
            of_bill[found, _region_of(found, key.region)][key.name].append(one)
    ratios: dict[tuple[Terms, str], dict[str, Decimal]] = {
        plan: {name: ratio for name, parts in skus.items() if (ratio := _ratio_of(parts)) is not None}
        for plan, skus in of_bill.items()
    }
    sources: dict[tuple[Terms, str], set[str]] = {plan: {BILL} for plan in ratios}
    for name, key in keys.items():
        for rate in _first_of_each_terms(rate for rate in rates if rate.fits(region=key.region, meter=key.meter)):
            if may_cover_key(rate.terms.plan, key, NANO):
                plan = rate.terms, _region_of(rate.terms, key.region)
                ratios.setdefault(plan, {})[name] = rate.ratio
                sources.setdefault(plan, set()).add(f"{OWN_TABLE}: {rate.source}")
    return tuple(
        _make_offer(plan, region, ratios[plan, region], sources[plan, region], keys) for plan, region in sorted(ratios)
    )


def _first_of_each_terms(rates: Iterable[PlanRate]) -> list[PlanRate]:
    """The first row that fits counts."""
    found: dict[Terms, PlanRate] = {}
    for rate in rates:
        found.setdefault(rate.terms, rate)
    return list(found.values())


def _make_offer(
    terms: Terms, region: str, ratios: Mapping[str, Decimal], sources: Iterable[str], keys: Mapping[str, UsageKey]
) -> Offer:
    eligible = frozenset(
        name
        for name, key in keys.items()
        if may_cover_key(terms.plan, key, NANO)
        and (not region or (key.region == region and split_type(key.instance_type)[0] == terms.scope))
    )
    scope = f"{terms.scope} {region}" if region else ""
    source = ", ".join(sorted(sources))
    return Offer(terms.plan, terms.term_years, terms.payment, ratios, source, scope, eligible)


def _region_of(terms: Terms, region: str) -> str:
    """Only EC2 Instance plans are bound to a region."""
    return region if terms.plan is PlanType.EC2_INSTANCE else ""


def _ratio_of(parts: Sequence[Sums]) -> Decimal | None:
    """What was paid for covered usage, to a billionth of what it costs on demand; None where that is no saving."""
    effective = sum((one.effective for one in parts), ZERO)
    ratio = EXACT.divide(effective, sum((one.on_demand for one in parts), ZERO)).quantize(NANO, ROUND_HALF_EVEN, EXACT)
    return ratio if 0 < ratio < 1 else None


def _ratios_of(offers: Sequence[Offer], plan: PlanType) -> Mapping[str, Decimal]:
    """Of a queued plan whose terms are not told: the best that is known of its type, so that it takes the most usage away."""
    ratios: dict[str, Decimal] = {}
    for offer in offers:
        if offer.plan is plan:
            for sku, ratio in offer.ratios.items():
                ratios[sku] = min(ratio, ratios.get(sku, ratio))
    return ratios


def _list_unrated(basis: Basis) -> tuple[Unrated, ...]:
    """Usage that no offer has a rate for, the dearest first."""
    rated = {sku for offer in basis.offers for sku in offer.ratios}
    found = []
    for place, sku in enumerate(basis.demand.skus):
        spend = int(basis.demand.spend[:, place].sum())
        if sku not in rated and spend:
            key = basis.keys[sku]
            found.append(Unrated(key.service, key.region, key.meter, EXACT.multiply(Decimal(spend), NANO)))
    return tuple(sorted(found, key=lambda one: (-one.spend, one.meter)))
