"""Machines that run and do nothing: what is found, what is left, and where the border lies."""

import math
from typing import Any

import pytest

from assay.clouds.domain.inventory import Manager, Resource
from assay.clouds.domain.utilization import Series
from assay.recommendations.checks.idle_instances import IdleInstances, IdleInstancesOptions
from assay.recommendations.domain.found import Found, PriceSource
from tests.factories.facts import FactSet, make_bill, make_instance, make_series

STEPS = 14 * 288
A_MEGABYTE_A_DAY = 1_000_000 / 86_400
QUIET: dict[str, Series] = {"cpu": make_series(1.2), "network_in": make_series(10.0), "network_out": make_series(12.0)}


def look(resource: Resource | None = None, *, facts: FactSet | None = None, **series: Any) -> list[Found]:
    known = (facts or FactSet()).with_(resource or make_instance("i-1", "m5.large"), **{**QUIET, **series})
    return list(IdleInstances().find(known, IdleInstancesOptions()))


def test_finds_a_quiet_machine_with_what_it_is_billed() -> None:
    [found] = look(bill=make_bill("32.256"))
    assert str(found.saving.expected.amount) == "70.080000000000000"
    assert found.saving.least == found.saving.expected


def test_finds_one_that_is_not_billed_yet_at_its_price() -> None:
    [found] = look(facts=FactSet().sells({"m5.large": "0.096"}))
    assert (found.saving.source, str(found.saving.expected.amount)) == (PriceSource.PROVIDER, "70.080000000000000")


def test_finds_nothing_to_save_where_a_commitment_pays_on() -> None:
    """Trap 58: what a commitment covers is paid whether the machine runs or not, until something else uses it."""
    [found] = look(bill=make_bill("23.00", on_demand="32.256", covered=1))
    assert found.saving.expected.amount == 0
    assert str(found.saving.most.amount) == str(found.saving.before_commitments.amount) == "70.080000000000000"


def test_finds_less_at_least_where_it_was_not_always_on() -> None:
    [found] = look(bill=make_bill("16.128", days=7))
    assert (str(found.saving.least.amount), str(found.saving.expected.amount)) == ("35.040000000000000", "70.080000000000000")


def test_leaves_a_machine_with_one_busy_five_minutes() -> None:
    """Trap 49: its mean is as low as before."""
    assert look(cpu=make_series([1.0] * (STEPS - 1) + [60.0])) == []


@pytest.mark.parametrize("missing", ["cpu", "network_in", "network_out"])
def test_leaves_a_machine_of_which_something_was_not_measured(missing: str) -> None:
    assert look(**{missing: None}) == []


def test_leaves_a_machine_whose_gpu_works() -> None:
    assert look(gpu=make_series(90.0)) == []


@pytest.mark.parametrize(
    "left", [make_instance(state="stopped"), make_instance(manager=Manager.EKS), make_instance(manager=Manager.DATABRICKS)]
)
def test_leaves_what_is_stopped_or_managed(left: Resource) -> None:
    assert look(left) == []


def test_border_of_cpu_is_below_five_percent() -> None:
    assert look(cpu=make_series(4.99))
    assert not look(cpu=make_series(5.0))


def test_border_of_traffic_is_below_five_megabytes_a_day() -> None:
    half = A_MEGABYTE_A_DAY * 2.5
    assert look(network_in=make_series(half * 0.99), network_out=make_series(half))
    assert not look(network_in=make_series(half * 1.01), network_out=make_series(half))


def test_border_of_what_must_be_measured_is_nine_tenths() -> None:
    """Trap 51: a missing point is a stopped machine, and no zero."""
    missing = int(STEPS * 0.1)
    assert look(cpu=make_series([math.nan] * missing + [1.0] * (STEPS - missing)))
    assert not look(cpu=make_series([math.nan] * (missing + 2) + [1.0] * (STEPS - missing - 2)))
