"""Public addresses that lead nowhere: what is found, what is left, and where the border lies."""

from datetime import timedelta
from typing import Any

from assay.clouds.domain.inventory import Address, Resource, ResourceKind
from assay.recommendations.checks.unused_addresses import UnusedAddresses, UnusedAddressesOptions
from assay.recommendations.domain.found import Found
from tests.factories.facts import AT, FactSet, make_bill, make_resource

WEEK = timedelta(days=7)


def address(*, attached_to: str = "", **known: Any) -> Resource:
    known = {"state": "", "state_since": AT - timedelta(days=30), **known}
    return make_resource(ResourceKind.ADDRESS, "eipalloc-1", Address("203.0.113.7", attached_to), **known)


def look(resource: Resource, **facts: Any) -> list[Found]:
    return list(UnusedAddresses().find(FactSet().with_(resource, **facts), UnusedAddressesOptions()))


def test_finds_an_address_with_its_whole_cost() -> None:
    [found] = look(address(), bill=make_bill("3.60", days=30))
    assert str(found.saving.expected.amount) == "3.650000000000000"
    assert "203.0.113.7" in found.reason


def test_leaves_an_address_in_use() -> None:
    assert look(address(attached_to="i-1"), bill=make_bill("3.60", days=30)) == []


def test_border_of_the_days_belongs_to_what_is_found() -> None:
    assert look(address(state_since=AT - WEEK))
    assert not look(address(state_since=AT - WEEK + timedelta(seconds=1)))
