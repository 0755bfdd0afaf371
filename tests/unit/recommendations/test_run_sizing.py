"""Rightsizing of runs: time and dollars of a run on other machines."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from assay.clouds.selectors.machine_types import shipped_machine_types
from assay.recommendations.domain.facts import Wanted
from assay.recommendations.domain.found import Effort
from assay.recommendations.domain.rightsizing.catalogue import Catalogue
from assay.recommendations.domain.rightsizing.dimensions import Dimension
from assay.recommendations.domain.rightsizing.runs import StageUse, hours_on, plans, stage_plans
from tests.factories.facts import FactSet

WORLD = FactSet().knows_aws()
TYPES = {one.name: one for one in shipped_machine_types("aws")}
CATALOGUE = Catalogue(list(TYPES.values()), lambda one: WORLD.quote(Wanted("aws", "us-east-1", one.name)), platform="linux")


def stage(name: str = "train", *, hours: float = 1, cpu: Any = 1, memory: Any = 4, **gpu: Any) -> StageUse:
    """Samples a minute long; numbers hold for all of them."""
    count = round(hours * 60)
    use = {
        Dimension.CPU: cpu,
        Dimension.MEMORY: memory,
        Dimension.GPU: gpu.get("gpu"),
        Dimension.GPU_MEMORY: gpu.get("gpu_memory"),
    }
    full = {one: np.broadcast_to(np.asarray(value, np.float32), count) for one, value in use.items() if value is not None}
    return StageUse(name, np.full(count, 60, np.float32), full)


def targets(found: list[Any]) -> list[str]:
    return [one.priced.machine.name for one in found]


def test_work_that_fits_takes_as_long_and_work_that_does_not_so_many_times() -> None:
    half = stage(cpu=[8.0] * 30 + [1.0] * 30)
    assert hours_on(half, TYPES["c5.2xlarge"]) == pytest.approx(1)
    assert hours_on(half, TYPES["c5.xlarge"]) == pytest.approx(1.5), "half an hour at 8 vCPUs takes an hour on 4"
    assert hours_on(half, TYPES["c5.4xlarge"]) == pytest.approx(1), "nothing says that more is faster"


def test_dollars_a_run_are_the_predicted_time_at_the_machines_price() -> None:
    found = plans([stage(cpu=1, memory=3, hours=2)], 2, TYPES["m5.2xlarge"], CATALOGUE, slowdown=0)
    assert targets(found)[0] == "c5.large"
    assert found[0].hours == pytest.approx(1)
    assert found[0].cost.amount == Decimal("0.085")
    assert "t3.medium" not in targets(found), "runs are no work for credits"


def test_a_slower_machine_is_only_advised_within_the_slowdown_and_where_the_run_costs_less() -> None:
    busy = [stage(cpu=[8.0] * 6 + [1.0] * 54, memory=3)]
    assert plans(busy, 1, TYPES["c5.2xlarge"], CATALOGUE, slowdown=0.09) == []
    found = plans(busy, 1, TYPES["c5.2xlarge"], CATALOGUE, slowdown=0.1)
    assert targets(found)[0] in {"c5.xlarge", "c6i.xlarge"}
    assert found[0].slowdown == pytest.approx(0.1)
    assert found[0].cost.amount == pytest.approx(Decimal("0.187"))
    all_busy = [stage(cpu=8, memory=3)]
    assert plans(all_busy, 1, TYPES["c5.2xlarge"], CATALOGUE, slowdown=1) == [], "twice as long at half the price saves nothing"


def test_memory_must_fit_with_headroom_whatever_it_costs_in_time() -> None:
    fits = plans([stage(memory=6.39)], 1, TYPES["m5.2xlarge"], CATALOGUE, slowdown=0.5)
    tight = plans([stage(memory=6.5)], 1, TYPES["m5.2xlarge"], CATALOGUE, slowdown=0.5)
    assert TYPES[targets(fits)[0]].memory_mib == 8192
    assert all(TYPES[one].memory_mib > 8192 for one in targets(tight))
    unmeasured = plans([stage(memory=None)], 1, TYPES["m5.2xlarge"], CATALOGUE, slowdown=0.5)
    assert all(TYPES[one].memory_mib >= 32768 for one in targets(unmeasured))


def test_fewer_gpus_of_the_same_kind_where_time_and_memory_allow_it() -> None:
    light = [stage(cpu=3, memory=10, gpu=0.9, gpu_memory=16)]
    found = plans(light, 1, TYPES["g5.12xlarge"], CATALOGUE, slowdown=0.1)
    assert targets(found)[0] == "g5.xlarge"
    assert found[0].change.effort is Effort.HIGH
    heavy = [stage(cpu=3, memory=10, gpu=3.6, gpu_memory=16)]
    assert "g5.xlarge" not in targets(plans(heavy, 1, TYPES["g5.12xlarge"], CATALOGUE, slowdown=0.1))
    large = [stage(cpu=3, memory=10, gpu=0.9, gpu_memory=60)]
    assert "g5.xlarge" not in targets(plans(large, 1, TYPES["g5.12xlarge"], CATALOGUE, slowdown=10))
    blind = [stage(cpu=3, memory=10)]
    assert "g5.xlarge" not in targets(plans(blind, 1, TYPES["g5.12xlarge"], CATALOGUE, slowdown=10))


def test_a_stage_beside_idle_gpus_may_go_to_a_machine_without() -> None:
    prepare = stage("prepare", cpu=3, memory=10, gpu=0, gpu_memory=0)
    train = stage("train", cpu=3, memory=10, gpu=0.95, gpu_memory=20)
    found = stage_plans([prepare, train], 1, TYPES["p3.2xlarge"], CATALOGUE, slowdown=0)
    assert set(found) == {"prepare"}
    assert found["prepare"].priced.machine.gpus is None


def test_nothing_is_said_without_cpu_or_price() -> None:
    assert plans([stage(cpu=None)], 1, TYPES["m5.2xlarge"], CATALOGUE, slowdown=1) == []
    assert plans([], 1, TYPES["m5.2xlarge"], CATALOGUE, slowdown=1) == []
