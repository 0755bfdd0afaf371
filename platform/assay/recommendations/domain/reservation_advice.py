"""Reserved instances to buy, in whole instances, over every size of a family where sizes stand for each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assay.core.money import EXACT
from assay.recommendations.domain.purchase_advice import Advice, Offer, Risk, advise
from assay.recommendations.domain.purchases import Demand
from assay.recommendations.domain.reserved_units import LINUX, SHARED, factor_of, is_flexible, split_type
from assay.recommendations.domain.savings_plans import Payment, PlanType


@dataclass(frozen=True, slots=True)
class ReservationOffer:
    """A reservation of one instance. per_hour: upfront fees spread over the term. on_demand: what the instance costs an hour without it."""

    instance_type: str
    region: str
    term_years: int
    payment: Payment
    per_hour: Decimal
    on_demand: Decimal
    source: str
    platform: str = LINUX
    tenancy: str = SHARED


@dataclass(frozen=True, slots=True)
class ReservationAdvice:
    """count: reservations of instance_type, which stand for `units` normalised units where sizes are flexible. advice: its money."""

    offer: ReservationOffer
    count: int
    flexible: bool
    units: Decimal
    advice: Advice


@dataclass(frozen=True, slots=True)
class HourlyMachines:
    """On-demand machines of one region, platform and tenancy. hours: instance type → instance-hours in each hour, all equally long."""

    start: datetime
    hours: dict[str, Sequence[Decimal]]


def advise_reservations(machines: HourlyMachines, offer: ReservationOffer, risk: Risk = Risk.DEFAULT) -> ReservationAdvice:
    """Whole reservations of the offer's type that cost least, over all sizes of its family where they stand for each other.

    A reservation is a plan of one SKU whose commitment comes in steps of its own hour, so the same search finds it.
    """
    flexible = is_flexible(offer.instance_type, platform=offer.platform, tenancy=offer.tenancy)
    family, size = split_type(offer.instance_type)
    each = factor_of(size) if flexible else None
    spend: dict[str, Sequence[Decimal]] = {}
    for name, hours in machines.hours.items():
        other_family, other_size = split_type(name)
        units = factor_of(other_size)
        if name == offer.instance_type:
            per_hour = offer.on_demand
        elif each is not None and other_family == family and units is not None:
            per_hour = EXACT.divide(EXACT.multiply(offer.on_demand, units), each)
        else:
            continue
        spend[name] = [EXACT.multiply(per_hour, one) for one in hours]
    ratio = EXACT.divide(offer.per_hour, offer.on_demand)
    as_plan = Offer(PlanType.EC2_INSTANCE, offer.term_years, offer.payment, dict.fromkeys(spend, ratio), offer.source)
    advice = advise(Demand.of(machines.start, spend), as_plan, risk, step=offer.per_hour)
    count = int(EXACT.divide(advice.commitment, offer.per_hour).to_integral_value())
    return ReservationAdvice(offer, count, flexible, count * (each if each is not None else Decimal(1)), advice)
