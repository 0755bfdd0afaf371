"""Machines stopped for long: what is found, what is left, and where the border lies."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assay.clouds.domain.inventory import Instance, Manager, Resource, ResourceKind, Volume
from assay.recommendations.checks.stopped_instances import StoppedInstances, StoppedInstancesOptions
from assay.recommendations.domain.found import Found, PriceSource
from tests.factories.facts import AT, FactSet, make_bill, make_resource

MONTH = timedelta(days=30)


def machine(volume_ids: tuple[str, ...] = ("vol-1",), *, manager: Manager = Manager.NOBODY, **known: Any) -> Resource:
    known = {"state": "stopped", "state_since": AT - timedelta(days=90), **known}
    return make_resource(ResourceKind.INSTANCE, "i-1", Instance("m5.large", volume_ids=volume_ids, manager=manager), **known)


def volume(native_id: str) -> Resource:
    return make_resource(ResourceKind.VOLUME, native_id, Volume("gp3", 100, attached_to=("i-1",)), state="in-use")


def look(facts: FactSet) -> list[Found]:
    return list(StoppedInstances().find(facts, StoppedInstancesOptions()))


def test_finds_a_machine_with_the_cost_of_all_its_volumes() -> None:
    bill = make_bill("7.20", days=30)
    [found] = look(FactSet().with_(machine(("vol-1", "vol-2"))).with_(volume("vol-1"), volume("vol-2"), bill=bill))
    assert str(found.saving.expected.amount) == "14.600000000000000"
    assert "200 GiB" in found.reason


def test_finds_one_of_which_a_volume_is_unpriced_as_unpriced() -> None:
    facts = FactSet().with_(machine(("vol-1", "vol-2"))).with_(volume("vol-1"), bill=make_bill("7.20", days=30))
    [found] = look(facts.with_(volume("vol-2")))
    assert found.saving.source is PriceSource.UNKNOWN


@pytest.mark.parametrize(
    "left", [machine(state="running"), machine(state_since=None), machine(manager=Manager.AUTO_SCALING), machine(())]
)
def test_leaves_what_runs_or_is_managed_or_costs_nothing(left: Resource) -> None:
    assert look(FactSet().with_(left, volume("vol-1"))) == []


def test_border_of_the_days_belongs_to_what_is_found() -> None:
    at_border = FactSet().with_(machine(state_since=AT - MONTH), volume("vol-1"))
    assert look(at_border)
    assert not look(replace(at_border, at=AT - timedelta(seconds=1)))
