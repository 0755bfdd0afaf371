"""Rightsizing of instances: what it finds, leaves, and where its borders are. Numbers in names are those of the traps it avoids."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from assay.clouds.domain.inventory import Manager, Resource
from assay.clouds.domain.machine_types import Gpus, MachineType
from assay.clouds.domain.utilization import Series
from assay.recommendations.checks.rightsizing_instances import InstanceSizingOptions, RightsizingInstances
from assay.recommendations.domain.found import Confidence, Effort, Found, PriceSource, Risk
from tests.factories.facts import AT, FIVE_MINUTES, FactSet, make_bill, make_instance, make_series

CHECK = RightsizingInstances()
QUIET: dict[str, Any] = {
    name: make_series(100, 90)
    for name in ("network_in", "network_out", "disk_read", "disk_write", "disk_read_operations", "disk_write_operations")
}
"""A hundred bytes or operations a second at most: less than any type sustains."""
STEPS = 14 * 288
AWS = FactSet().knows_aws()
GRAVITON = MachineType(
    "m7g.large", 2, 8192, "arm64", network_baseline_mbps=937, ebs_baseline_mbps=630, ebs_baseline_iops=3600, max_interfaces=3,
    addresses_per_interface=10, max_volumes=27,
)  # fmt: skip


def facts_of(
    instance: Resource | None = None, *, aws: FactSet = AWS, cpu: Any = 10, memory: Any = 30, bill: Any = None, **series: Any
) -> FactSet:
    measured = {"cpu": make_series(cpu, cpu / 2) if isinstance(cpu, (int, float)) else cpu, **QUIET, **series}
    measured["memory"] = make_series(memory, memory - 1) if isinstance(memory, (int, float)) else memory
    return aws.with_(instance or make_instance(), bill=bill, **measured)


def find(facts: FactSet, **options: Any) -> Found | None:
    found = list(CHECK.find(facts, InstanceSizingOptions(**options)))
    assert len(found) <= 1
    return found[0] if found else None


def targets(found: Found | None) -> list[str]:
    return [one.target for one in found.choices] if found else []


def two_cores(found: Found | None) -> bool:
    """Whether a type with two vCPUs is advised."""
    return any(one.endswith(".large") for one in targets(found))


def smaller(found: Found | None) -> bool:
    """Whether a type with fewer than eight vCPUs is advised."""
    return any(not one.endswith(".2xlarge") for one in targets(found))


def highest(found: Found | None, dimension: str) -> float:
    return max((one.projected[dimension] for one in found.choices), default=0) if found else 0


def bursts(high: float, low: float, *, share: float) -> list[float]:
    """The share of a day's steps are high, the others low."""
    return ([high] * round(share * 288) + [low] * (288 - round(share * 288))) * 14


# What it finds


def test_finds_cheaper_types_of_several_families_with_the_cheapest_first() -> None:
    found = find(facts_of(bill=make_bill("129.024")))
    assert found is not None
    assert (
        targets(found) == ["t3.large", "r5.large", "m5.xlarge"][:0] or targets(found)[0] == found.remedy.terraform.split('"')[1]
    )
    savings = [one.saving.expected.amount for one in found.choices]
    assert savings == sorted(savings, reverse=True)
    assert len({one.target.split(".")[0] for one in found.choices}) > 1


def test_finds_a_larger_type_for_work_that_does_not_fit_and_says_what_it_costs() -> None:
    found = find(facts_of(make_instance("i-1", "m5.large"), cpu=97, memory=60))
    assert found is not None
    assert targets(found)[0].endswith(".xlarge")
    assert found.saving.expected.amount == 0
    assert "a month more" in found.reason
    assert find(facts_of(make_instance("i-1", "m5.large"), cpu=97, memory=60), larger="no") is None


def test_finds_the_machine_that_is_short_of_memory_a_cheaper_one_with_more_of_it() -> None:
    found = find(facts_of(make_instance("i-1", "c5.4xlarge"), cpu=10, memory=95))
    assert found is not None
    assert targets(found)[0].startswith("r")
    assert found.saving.expected.amount > 0


def test_finds_by_preset() -> None:
    """Three tenths of the time at 60 % of 8 vCPUs: P90 asks for 4.8, P99.5 with a fifth to spare for 6."""
    facts = facts_of(cpu=make_series(bursts(60, 5, share=0.05)))
    assert targets(find(facts, preset="maximum savings"))[0] == "r5.large"
    assert "m5.large" not in targets(find(facts))
    assert highest(find(facts), "CPU") <= 80


def test_finds_smaller_machines_of_the_same_gpus() -> None:
    """57: GPUs of another kind are never taken for the same."""
    found = find(
        facts_of(make_instance("i-1", "g5.4xlarge"), cpu=5, memory=10, gpu=make_series(90), gpu_memory=make_series(60))
    )
    assert found is not None
    assert targets(found)[0] == "g5.xlarge"
    assert all(one.startswith("g5") for one in targets(found))
    assert any("instance store 600 GB becomes 250 GB" in one for one in found.choices[0].differences)


def test_finds_fewer_gpus_only_when_all_their_memory_fits_and_calls_it_much_effort() -> None:
    """57: the memory of all GPUs together must fit, since a model may be spread over them."""
    few = {"gpu": make_series(15), "gpu_memory": make_series(18)}
    found = find(facts_of(make_instance("i-1", "g5.12xlarge"), cpu=2, memory=3, **few))
    assert found is not None
    assert found.choices[0].target == "g5.xlarge"
    assert found.effort is Effort.HIGH
    spread = {"gpu": make_series(15), "gpu_memory": make_series(70)}
    assert find(facts_of(make_instance("i-1", "g5.12xlarge"), cpu=2, memory=3, **spread)) is None


def test_finds_machines_without_gpus_where_gpus_were_never_used() -> None:
    found = find(facts_of(make_instance("i-1", "p3.2xlarge"), cpu=10, memory=10, gpu=make_series(0), gpu_memory=make_series(0)))
    assert found is not None
    assert not found.choices[0].target.startswith("p3")
    assert found.effort is Effort.HIGH
    assert find(facts_of(make_instance("i-1", "p3.2xlarge"), cpu=10, memory=10)) is None, "not measured is not unused"


def test_finds_graviton_with_its_effort_and_the_easiest_beside_it() -> None:
    """53."""
    aws = AWS.offers(GRAVITON).sells({"m7g.large": "0.0816"})
    found = find(facts_of(aws=aws, memory=15))
    assert found is not None
    arm = next(one for one in found.choices if one.target == "m7g.large")
    assert arm.effort is Effort.MEDIUM
    assert any("arm64" in one for one in arm.differences)
    assert any(one.effort is Effort.VERY_LOW for one in found.choices)
    assert "m7g.large" not in targets(find(facts_of(aws=aws, memory=15), architecture="same"))


# What it leaves


@pytest.mark.parametrize(
    "details",
    [
        {"lifecycle": "spot"},
        {"manager": Manager.AUTO_SCALING},
        {"manager": Manager.EMR},
        {"manager": Manager.EKS},
        {"manager": Manager.DATABRICKS},
        {"tenancy": "host"},
        {"root_device": "instance-store"},
    ],
)
def test_leaves_machines_whose_size_another_decides(details: dict[str, Any]) -> None:
    """56."""
    assert find(facts_of(make_instance("i-1", **details))) is None


def test_leaves_machines_that_are_stopped_or_that_nobody_measured() -> None:
    assert find(facts_of(make_instance(state="stopped"))) is None
    assert find(facts_of(cpu=None)) is None


def test_leaves_memory_as_large_as_it_is_where_nobody_measures_it() -> None:
    """50."""
    found = find(facts_of(memory=None, bill=make_bill(129)))
    assert found is not None
    assert targets(found)[0] == "r5.xlarge", "as much memory, half of the CPU"
    assert found.confidence is not Confidence.HIGH
    assert any("memory is not measured" in one.value for one in found.evidence)


def test_leaves_what_network_or_disks_need_the_size_for() -> None:
    """54: what is sustained counts, not what is reached for half an hour a day."""
    busy_network = make_series(200_000_000)
    assert not smaller(find(facts_of(network_out=busy_network))), "1,600 Mbit/s, with a fifth to spare 2,000"
    assert not smaller(find(facts_of(disk_read_operations=make_series(8_000)))), (
        "with a fifth to spare 10,000; an xlarge sustains 6,000"
    )
    assert not smaller(find(facts_of(network_in=None, network_out=None))), "not measured is not low"
    assert not smaller(find(facts_of(disk_write=None))), "reads alone say nothing of both"


def test_leaves_windows_on_its_architecture_and_at_its_own_price() -> None:
    """55: a licence is in the price; no price is taken from Linux."""
    assert find(facts_of(make_instance("i-1", platform="windows"))) is None
    aws = AWS.offers(GRAVITON).sells({"m5.2xlarge": "0.752", "m5.large": "0.188", "m7g.large": "0.1"}, platform="windows")
    found = find(facts_of(make_instance("i-1", platform="windows"), aws=aws, memory=15))
    assert found is not None
    assert targets(found) == ["m5.large"]
    assert found.saving.expected.amount == (Decimal("0.752") - Decimal("0.188")) * 730


def test_leaves_machines_with_more_interfaces_addresses_or_volumes_than_others_take() -> None:
    """54."""
    assert find(facts_of(make_instance("i-1", "m5.2xlarge", network_interfaces=4))) is not None
    four = find(facts_of(make_instance("i-1", "m5.2xlarge", network_interfaces=4)))
    assert all("xlarge" in one for one in targets(four)), "a large takes three"
    assert not smaller(find(facts_of(make_instance("i-1", "m5.2xlarge", addresses=16)))), "a place for 15 on one interface"
    volumes = tuple(f"vol-{number}" for number in range(28))
    assert set(targets(find(facts_of(make_instance("i-1", "m5.2xlarge", volume_ids=volumes))))) <= {
        "m7i.large",
        "m7i.xlarge",
        "c7i.2xlarge",
    }


def test_leaves_burstable_types_that_would_live_on_surplus() -> None:
    """52: a t3.large may use 30 % of its two vCPUs for ever, not 100 %."""
    steady = facts_of(make_instance("i-1", "m5.large"), cpu=make_series(45, 40), memory=20)
    assert targets(find(steady)) == ["c5.large", "c6i.large"]
    idle = facts_of(make_instance("i-1", "m5.large"), cpu=make_series(45, 10), memory=20)
    assert targets(find(idle)) == ["t3.medium", "t3.large", "c5.large"]


def test_leaves_burstable_types_whose_baseline_nobody_knows() -> None:
    new = replace(GRAVITON, name="t5.medium", architecture="x86_64", burstable=True)
    aws = AWS.offers(new).sells({"t5.medium": "0.01"})
    facts = facts_of(make_instance("i-1", "m5.large"), aws=aws, cpu=make_series(45, 10), memory=20)
    assert "t5.medium" not in targets(find(facts))
    known = replace(aws, types={}).offers(*aws.types["aws", "us-east-1"][:-1], replace(new, baseline_percent=20))
    facts = facts_of(make_instance("i-1", "m5.large"), aws=known, cpu=make_series(45, 10), memory=20)
    assert targets(find(facts))[0] == "t5.medium"


def test_leaves_a_burstable_machine_without_credits_its_size() -> None:
    """52: what it uses is what it was allowed to, not what it needs."""
    slowed = {"cpu": make_series(30, 30), "cpu_credit_balance": make_series(0)}
    found = find(facts_of(make_instance("i-1", "t3.xlarge", unlimited_credits=False), **slowed))
    assert found is None or found.saving.expected.amount == 0
    plenty = {"cpu": make_series(30, 10), "cpu_credit_balance": make_series(500)}
    assert find(facts_of(make_instance("i-1", "t3.xlarge", unlimited_credits=False), **plenty)) is not None


def test_leaves_out_what_commitments_cover() -> None:
    """58: saving at list price though all of it is covered is no saving."""
    assert find(facts_of(bill=make_bill(80, on_demand="129.024", covered=1))) is None
    half = find(facts_of(bill=make_bill(100, on_demand="129.024", covered="0.5")))
    none = find(facts_of(bill=make_bill("129.024")))
    assert half is not None
    assert none is not None
    assert half.saving.expected.amount == none.saving.expected.amount / 2
    assert half.saving.before_commitments == half.saving.most == none.saving.expected


def test_leaves_young_machines() -> None:
    cpu = make_series(10, days=13)
    assert find(facts_of(cpu=cpu)) is None


# Where its borders are


def test_border_of_the_headroom() -> None:
    """5 % of 8 vCPUs are 0.4; a quarter of an m5.2xlarge is what two vCPUs hold: 20 % leaves exactly a fifth of them."""
    same = {"architecture": "same"}
    assert two_cores(find(facts_of(cpu=make_series(20, 20), memory=20), **same))
    assert not two_cores(find(facts_of(cpu=make_series(20.1, 20), memory=20), **same))


def test_border_of_the_percentile_is_of_maxima_and_not_of_averages() -> None:
    """49, 51: the mean is 3 %, five-minute averages never pass 10 %, but every day holds a quarter of an hour at 70 %."""
    maxima = bursts(70, 3, share=3 / 288)
    hidden = facts_of(cpu=make_series(maxima, 3))
    assert not smaller(find(hidden)), "70 % of 8 vCPUs with a fifth to spare ask for 7"
    rare = facts_of(cpu=make_series([70.0] * 10 + [3.0] * (STEPS - 10), 3))
    assert two_cores(find(rare)), "ten steps of a week are half a percent"


def test_border_of_missing_points_is_a_machine_that_stood_still() -> None:
    """51: a machine that runs at night only needs what it needs at night, and saves for those hours."""
    night = ([60.0] * 72 + [np.nan] * 216) * 14
    found = find(facts_of(cpu=make_series(night), memory=20))
    assert found is not None
    assert all(one.projected["CPU"] <= 80 for one in found.choices)
    always = find(facts_of(cpu=60, memory=20))
    assert always is not None
    assert found.saving.expected.amount == pytest.approx(always.saving.expected.amount / 4, rel=Decimal("0.0001"))


def test_border_of_the_two_weeks() -> None:
    """The first value is in the first of 14 days; or it is not."""
    early = [np.nan] * 287 + [10.0] * (STEPS - 287)
    late = [np.nan] * 288 + [10.0] * (STEPS - 288)
    assert find(facts_of(cpu=make_series(early, 5))) is not None
    assert find(facts_of(cpu=make_series(late, 5))) is None


def test_border_of_a_weekly_cycle_is_the_highest_week() -> None:
    weekly = [10.0] * (6 * 288) + [75.0] * 288
    assert not two_cores(find(facts_of(cpu=make_series(weekly * 2))))
    once = make_series([75.0] * 288 + [10.0] * (13 * 288), 5)
    assert not two_cores(find(facts_of(cpu=once)))


def test_border_of_growth_looks_two_weeks_ahead() -> None:
    """20 % now would fit two vCPUs; a tenth more each week does not."""
    grows = [18.0] * (7 * 288) + [20.0] * (7 * 288)
    assert not two_cores(find(facts_of(cpu=make_series(grows), memory=20)))
    assert two_cores(find(facts_of(cpu=make_series(20), memory=20)))
    assert two_cores(find(facts_of(cpu=make_series(grows), memory=20), risk=1))


def test_border_of_the_month_is_said() -> None:
    """59: jobs of the first or last days of a month were not seen in the middle of it."""
    found = find(facts_of(cpu=make_series(10, 5)))
    assert found is not None, "the second to the fifteenth of March"
    middle = replace(AWS, at=datetime(2026, 3, 25, 9, tzinfo=UTC))
    shifted = {
        name: _until(one, middle.at)
        for name, one in {**QUIET, "cpu": make_series(10, 5), "memory": make_series(30, 29)}.items()
    }
    unseen = find(middle.with_(make_instance(), **shifted))
    assert unseen is not None
    assert any("turn of a month" in one.value for one in unseen.evidence)
    assert not any("turn of a month" in one.value for one in found.evidence)
    assert two_cores(found)
    assert not two_cores(unseen), "half of everything stays until then"
    assert two_cores(find(middle.with_(make_instance(), **shifted), unseen_month=0))
    assert (found.confidence, unseen.confidence) == (Confidence.HIGH, Confidence.MEDIUM)


def _until(series: Series, at: datetime) -> Series:
    return replace(series, start=series.start + (at.replace(hour=0) - AT.replace(hour=0, minute=0)))


def test_border_of_older_weeks_that_were_measured() -> None:
    """A job of last month's end counts where its series are there."""
    month_end = [80.0] * 200 + [5.0] * (35 * 288 - 200)
    older = make_series(month_end, 3, days=35)
    assert not two_cores(find(facts_of(cpu=older)))
    assert two_cores(find(facts_of(cpu=older), lookback=14))


def test_border_of_the_least_saving() -> None:
    found = find(facts_of(bill=make_bill("129.024")))
    assert found is not None
    exactly = float(found.saving.expected.amount)
    assert find(facts_of(bill=make_bill("129.024")), least_saving=exactly) is not None
    assert find(facts_of(bill=make_bill("129.024")), least_saving=exactly + 0.01) is None


def test_border_of_the_bill_is_the_rate_really_paid() -> None:
    """Half of the list by a negotiated rate: half of the saving; traffic on the same bill adds none."""
    listed = find(facts_of())
    half = find(facts_of(bill=make_bill("64.512")))
    traffic = find(facts_of(bill=make_bill("500")))
    assert listed is not None
    assert half is not None
    assert traffic is not None
    assert half.saving.expected.amount == listed.saving.expected.amount / 2
    assert traffic.saving.expected == listed.saving.expected
    assert (half.saving.source, listed.saving.source) == (PriceSource.BILL, PriceSource.SHIPPED)


def test_border_of_days_is_those_on_which_it_runs() -> None:
    """On five days of the week, billed for ten of fourteen, however late the bill: five sevenths of the whole saving."""
    weekdays = make_series(([10.0] * (5 * 288) + [np.nan] * (2 * 288)) * 2)
    found = find(facts_of(cpu=weekdays, bill=make_bill("92.16", days=10)))
    whole = find(facts_of(bill=make_bill("129.024")))
    assert found is not None
    assert whole is not None
    assert found.saving.expected.amount == pytest.approx(whole.saving.expected.amount * 5 / 7, rel=Decimal("0.00001"))


def test_border_of_a_new_type_is_fourteen_whole_days_of_it() -> None:
    """Percents of before are those of another machine: what was 15 % of 8 vCPUs is not 15 % of 2."""
    facts = facts_of()
    key = make_instance().key
    for day, is_found in ((1, True), (2, False)):
        resized = replace(facts, resized={key: datetime(2026, 3, day, 12, tzinfo=UTC)})
        assert (find(resized) is not None) is is_found, day


def test_border_of_risk_is_the_options() -> None:
    risky = facts_of(cpu=make_series(23, 22), memory=20)
    careful = find(risky)
    bold = find(risky, risk=3)
    assert bold is not None
    assert not two_cores(careful)
    assert bold.choices[0].risk in {Risk.MEDIUM, Risk.HIGH}


def test_border_of_a_part_of_a_gpu() -> None:
    """57: a part has a part of the memory and of the speed."""
    part = MachineType(
        "g6f.2xlarge", 8, 32768, gpus=Gpus("L4", 1, 5722, 0.25), instance_store_gb=225, network_baseline_mbps=5000, ebs_baseline_mbps=1000,
        ebs_baseline_iops=4000, max_interfaces=4, addresses_per_interface=15, max_volumes=32,
    )  # fmt: skip
    aws = AWS.offers(part).sells({"g6f.2xlarge": "0.475"})
    small = facts_of(make_instance("i-1", "g6.2xlarge"), aws=aws, gpu=make_series(15), gpu_memory=make_series(15))
    assert "g6f.2xlarge" in targets(find(small))
    large = facts_of(make_instance("i-1", "g6.2xlarge"), aws=aws, gpu=make_series(15), gpu_memory=make_series(30))
    assert "g6f.2xlarge" not in targets(find(large))


def test_steps_of_an_hour_do_as_well() -> None:
    hourly = {name: Series(one.start, timedelta(hours=1), one.average[::12], one.maximum[::12]) for name, one in QUIET.items()}
    cpu = make_series(10, 5, step=timedelta(hours=1))
    found = find(facts_of(cpu=cpu, memory=make_series(30, 29, step=timedelta(hours=1)), **hourly))
    assert found is not None
    assert cpu.step > FIVE_MINUTES
