"""What naive advice on commitments gets wrong."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from assay.recommendations.domain.purchase_advice import Offer, Queued, Risk, advise, choose_window, open_demand, plan_purchases
from assay.recommendations.domain.purchases import Curve, Demand
from assay.recommendations.domain.reservation_advice import HourlyMachines, ReservationOffer, advise_reservations
from assay.recommendations.domain.reserved_units import Reservation, Running, apply_reservations, is_flexible
from assay.recommendations.domain.savings_plans import Payment, Plan, PlanType, Usage, apply_plans, may_cover

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 24
MONTH = 30 * DAY


def make_demand(**spend: Sequence[float]) -> Demand:
    return Demand.of(START, {sku: [Decimal(str(amount)) for amount in hours] for sku, hours in spend.items()})


def make_offer(payment: Payment = Payment.NO_UPFRONT, plan: PlanType = PlanType.COMPUTE, **ratios: str) -> Offer:
    return Offer(plan, 1, payment, {sku: Decimal(ratio) for sku, ratio in ratios.items()}, "a test's rates")


@pytest.mark.parametrize(
    "machine", ["g5.xlarge", "p4d.24xlarge", "inf2.xlarge", "trn1.2xlarge", "hpc7a.12xlarge", "m5.metal", "u-6tb1.56xlarge"]
)
def test_trap_41_accelerators_and_metal_have_no_flexible_sizes(machine: str) -> None:
    assert is_flexible("m5.xlarge")
    assert not is_flexible(machine)


def test_trap_41_advice_counts_every_size_of_a_flexible_family_and_one_size_of_others() -> None:
    hours = {"m5.large": [Decimal(2)] * MONTH, "m5.2xlarge": [Decimal(1)] * MONTH, "c5.large": [Decimal(9)] * MONTH}
    offer = ReservationOffer(
        "m5.large", "us-east-1", 1, Payment.NO_UPFRONT, Decimal("0.06"), Decimal("0.096"), "a test's rates"
    )
    found = advise_reservations(HourlyMachines(START, hours), offer, Risk.NONE)
    assert (found.flexible, found.count, found.units) == (True, 6, 24)
    zoned = ReservationOffer(
        "m5.large", "us-east-1", 1, Payment.NO_UPFRONT, Decimal("0.1"), Decimal("0.188"), "a test's rates", platform="windows"
    )
    found = advise_reservations(HourlyMachines(START, hours), zoned, Risk.NONE)
    assert (found.flexible, found.count) == (False, 2)


def test_trap_42_without_sharing_a_commitment_covers_its_owner_alone() -> None:
    running = [Running(account, "m5.large", "us-east-1", "us-east-1a", Decimal(1)) for account in ("1", "2")]
    held = [Reservation("r", "1", "m5.large", "us-east-1", 2)]
    assert apply_reservations(running, held).covered == (1, 1)
    assert apply_reservations(running, held, shared=False).covered == (1, 0)
    usages = [Usage("2", Decimal(10), {"p": Decimal("0.5")}), Usage("1", Decimal(10), {"p": Decimal("0.8")})]
    plans = [Plan("p", PlanType.COMPUTE, "1", Decimal(20))]
    assert apply_plans(usages, plans).uncovered == (0, 0)
    assert apply_plans(usages, plans, shared=False).uncovered == (10, 0)


def test_trap_43_the_highest_saving_is_covered_first_and_hours_are_not_averaged() -> None:
    usages = [Usage("1", Decimal(10), {"p": Decimal("0.9")}), Usage("1", Decimal(10), {"p": Decimal("0.4")})]
    assert apply_plans(usages, [Plan("p", PlanType.COMPUTE, "1", Decimal(4))]).uncovered == (10, 0)
    curve = Curve(make_demand(a=[20, 0] * 12), {"a": Decimal("0.6")})
    outcome = curve.at(Decimal(6))
    assert outcome.used == Decimal(6) * 12, "half of the hours use nothing, though the average hour could use it all"
    assert outcome.saving < 0
    assert curve.optimum() == 0


def test_trap_43_narrower_plans_come_before_wider_ones() -> None:
    usages = [Usage("1", Decimal(10), {"wide": Decimal("0.7"), "narrow": Decimal("0.6")})]
    plans = [Plan("wide", PlanType.COMPUTE, "1", Decimal(7)), Plan("narrow", PlanType.EC2_INSTANCE, "1", Decimal(6))]
    assert apply_plans(usages, plans).used == {"narrow": Decimal(6), "wide": Decimal(0)}


def test_trap_44_queued_and_expiring_commitments_change_what_is_bought() -> None:
    uncovered = make_demand(a=[10] * MONTH)
    ratios = {"a": Decimal("0.5")}
    offer = make_offer(a="0.5")
    assert advise(uncovered, offer).commitment == Decimal(5)
    queued = open_demand(uncovered, queued=[Queued(ratios, Decimal(3))])
    assert advise(queued, offer).commitment == Decimal(2)
    expiring = open_demand(uncovered, expiring=[make_demand(a=[4] * MONTH)])
    assert advise(expiring, offer).commitment == Decimal(7)
    both = open_demand(uncovered, expiring=[make_demand(b=[4] * MONTH)], queued=[Queued(ratios, Decimal(5))])
    assert advise(both, make_offer(a="0.5", b="0.5")).commitment == Decimal(2)


@pytest.mark.parametrize(
    ("covers", "plan", "service", "meter", "pricing", "cost"),
    [
        (True, PlanType.COMPUTE, "Amazon Elastic Compute Cloud", "USE1-BoxUsage:m5.large", "Standard", "1"),
        (True, PlanType.COMPUTE, "Amazon Elastic Compute Cloud", "BoxUsage:m5.large", "Committed", "1"),
        (False, PlanType.COMPUTE, "Amazon Elastic Compute Cloud", "SpotUsage:m5.large", "Dynamic", "1"),
        (False, PlanType.COMPUTE, "Amazon Elastic Compute Cloud", "EBS:VolumeUsage.gp3", "Standard", "1"),
        (False, PlanType.COMPUTE, "Amazon Elastic Compute Cloud", "HostUsage:m5", "Standard", "1"),
        (False, PlanType.COMPUTE, "Amazon Elastic Compute Cloud", "BoxUsage:t3.micro", "Standard", "0"),
        (True, PlanType.COMPUTE, "AWS Lambda", "USE1-Lambda-GB-Second", "Standard", "1"),
        (False, PlanType.EC2_INSTANCE, "AWS Lambda", "USE1-Lambda-GB-Second", "Standard", "1"),
        (False, PlanType.COMPUTE, "Amazon SageMaker", "Host:ml.m5.xlarge", "Standard", "1"),
        (True, PlanType.SAGEMAKER, "Amazon SageMaker", "Host:ml.m5.xlarge", "Standard", "1"),
        (False, PlanType.COMPUTE, "Amazon Relational Database Service", "InstanceUsage:db.m5.large", "Standard", "1"),
        (True, PlanType.DATABASE, "Amazon Relational Database Service", "InstanceUsage:db.m5.large", "Standard", "1"),
    ],
)
def test_trap_45_what_a_plan_may_cover(
    *, covers: bool, plan: PlanType, service: str, meter: str, pricing: str, cost: str
) -> None:
    assert may_cover(plan, service=service, meter=meter, pricing=pricing, on_demand=Decimal(cost)) is covers


def test_trap_45_what_has_no_known_rate_is_named_and_not_covered() -> None:
    demand = make_demand(a=[10] * MONTH, dedicated=[7] * MONTH)
    found = advise(demand, make_offer(a="0.5"))
    assert found.commitment == Decimal(5)
    assert found.unrated == Decimal(7) * MONTH


def test_trap_46_what_rightsizing_will_save_is_not_covered_too() -> None:
    demand, offer = make_demand(a=[10] * MONTH), make_offer(a="0.5")
    shrunk = open_demand(demand, saved=[make_demand(a=[4] * MONTH)])
    whole, rest = advise(demand, offer), advise(shrunk, offer)
    assert rest.commitment == Decimal(3)
    resized = Decimal(4) * MONTH
    assert resized + whole.outcome.saving > resized + rest.outcome.saving, "the naive sum claims more"
    assert resized + rest.outcome.saving == demand.total - Curve(shrunk, offer.ratios).at(rest.commitment).cost


def test_trap_46_plans_that_compete_for_the_same_usage_are_sized_one_after_the_other() -> None:
    demand = make_demand(a=[10] * MONTH, b=[10] * MONTH)
    wide = make_offer(a="0.7", b="0.6")
    narrow = Offer(PlanType.EC2_INSTANCE, 1, Payment.NO_UPFRONT, {"a": Decimal("0.5")}, "a test's rates", scope="m5 us-east-1")
    bought = plan_purchases(demand, [wide, narrow])
    assert [(advice.offer.plan, advice.commitment) for advice in bought] == [
        (PlanType.EC2_INSTANCE, Decimal(5)),
        (PlanType.COMPUTE, Decimal(6)),
    ]
    assert sum(advice.outcome.covered for advice in bought) == demand.total
    assert len(plan_purchases(demand, [wide])) == 1


def test_trap_47_payment_changes_cash_and_break_even_and_not_what_is_accrued() -> None:
    demand = make_demand(a=[10] * MONTH)
    found = {payment: advise(demand, make_offer(payment, a="0.5")) for payment in Payment}
    assert {advice.saving_monthly for advice in found.values()} == {Decimal(5) * 730}
    assert {advice.cash.whole for advice in found.values()} == {Decimal(5) * 8_760}
    assert [advice.cash.upfront for advice in found.values()] == [0, Decimal(5) * 4_380, Decimal(5) * 8_760]
    assert [advice.break_even_month for advice in found.values()] == [1, 4, 6]
    assert {advice.without_loss_after_month for advice in found.values()} == {6}


def test_trap_47_what_never_pays_back_has_no_month() -> None:
    found = advise(make_demand(a=[10, 0] * (MONTH // 2)), make_offer(a="0.9"))
    assert (found.commitment, found.break_even_month, found.without_loss_after_month) == (0, None, None)


def test_trap_48_a_fortnight_s_peak_is_not_bought() -> None:
    peak = [10.0] * (76 * DAY) + [25.0] * (14 * DAY)
    found = advise(make_demand(a=peak), make_offer(a="0.6"))
    assert found.window_days == 90
    assert found.commitment == Decimal(6)
    recent = Curve(make_demand(a=peak[-14 * DAY :]), {"a": Decimal("0.6")})
    assert recent.optimum() == Decimal(15), "what the peak alone would have had bought"


def test_trap_48_usage_that_has_fallen_is_followed() -> None:
    level = [30.0] * (40 * DAY) + [10.0] * (50 * DAY)
    curve = Curve(make_demand(a=level), {"a": Decimal("0.6")})
    window, judged = choose_window(curve, Risk.DEFAULT)
    assert window < 40
    assert judged is not None
    assert judged.regret == 0
    assert advise(curve.demand, make_offer(a="0.6")).commitment == Decimal(6)


def test_trap_48_noise_is_no_reason_to_look_at_less() -> None:
    noise = np.random.default_rng(1).normal(10, 1, 90 * DAY).clip(0).round(6)
    window, _ = choose_window(Curve(make_demand(a=noise.tolist()), {"a": Decimal("0.6")}), Risk.DEFAULT)
    assert window == 90
