"""What others tell of accounts that Assay does not read itself."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from assay.accounts.domain.roles import Permission
from assay.accounts.models import Organization
from assay.clouds.domain.inventory import ResourceKey, ResourceKind
from assay.clouds.domain.utilization import Metric
from assay.clouds.models import CloudResource, ResourceChange, UtilizationDay
from assay.clouds.selectors.inventory import find_resource
from assay.clouds.selectors.utilization import read_series
from assay.core import tenancy
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
PLACE = {"provider": "aws", "account_id": "111122223333", "region": "eu-west-1", "kind": "volume"}
DAY = date(2026, 3, 1)


def volume(native_id: str = "vol-1", **values: Any) -> dict[str, Any]:
    return {"native_id": native_id, "state": "available", "details": {"volume_type": "gp3", "size_gib": 100}, **values}


def used(**values: Any) -> dict[str, Any]:
    quarter = {"metric": "cpu_percent", "day": DAY.isoformat(), "period_seconds": 21_600}
    return {**PLACE, "native_id": "vol-1", **quarter, "average": [1, 2, None, 4], "maximum": [2, 3, None, 5], **values}


@pytest.fixture
def member(ada: Organization) -> Client:
    return Client(headers=bearer(ada))


def tell(member: Client, *resources: dict[str, Any], **place: Any) -> Any:
    return member.put("/api/v1/inventory/lists", {**PLACE, "resources": list(resources), **place}, "application/json")


def tell_use(member: Client, *items: dict[str, Any]) -> Any:
    return member.put("/api/v1/inventory/utilization", {"items": list(items)}, "application/json")


def test_a_list_is_everything_that_is_held_there(ada: Organization, member: Client) -> None:
    assert tell(member, volume(), volume("vol-2")).json() == {"held": 2, "gone": 0}
    tell(member, volume("vol-3"), region="us-east-1")
    assert tell(member, volume("vol-2")).json() == {"held": 1, "gone": 1}
    with tenancy.scope(ada.id):
        gone = dict(CloudResource.objects.order_by("native_id").values_list("native_id", "gone_at"))
    assert [name for name, at in gone.items() if at is None] == ["vol-2", "vol-3"], "another region is another list"


def test_the_same_list_again_changes_nothing(ada: Organization, member: Client) -> None:
    tell(member, volume())
    with tenancy.scope(ada.id):
        before = ResourceChange.objects.count()
    tell(member, volume())
    tell(member, volume(state="in-use"))
    with tenancy.scope(ada.id):
        assert ResourceChange.objects.count() == before + 1


@pytest.mark.parametrize(
    ("resources", "place", "field"),
    [
        ([volume(details={"volume_type": "gp3"})], {}, "resources.0.details"),
        ([volume(), volume()], {}, "resources"),
        ([volume(" ")], {}, "resources.0.native_id"),
        ([volume(created_at="2026-01-01T00:00:00")], {}, "resources.0.created_at"),
        ([volume()], {"region": "x" * 33}, "region"),
    ],
)
def test_a_list_that_cannot_be_is_refused_whole_by_name(
    ada: Organization, member: Client, resources: list[dict[str, Any]], place: dict[str, str], field: str
) -> None:
    answer = tell(member, *resources, **place)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)
    with tenancy.scope(ada.id):
        assert not CloudResource.objects.exists()


def test_use_is_kept_with_what_is_missing_and_replaced_by_what_is_told_later(ada: Organization, member: Client) -> None:
    tell(member, volume())
    assert tell_use(member, used()).json() == {"taken": 1}
    assert tell_use(member, used(maximum=[2, 3, None, 9])).json() == {"taken": 1}
    with tenancy.scope(ada.id):
        key = ResourceKey("aws", PLACE["account_id"], PLACE["region"], ResourceKind.VOLUME, "vol-1")
        found = find_resource(ada.id, key)
        assert found is not None
        series = read_series(ada.id, [found.id], [Metric.CPU], until=date(2026, 3, 2), days=1)[found.id, Metric.CPU]
    assert (series.measured, series.peak(), series.mean()) == (3, 9.0, pytest.approx(7 / 3))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"native_id": "vol-9"}, "items.1.native_id"),
        ({"period_seconds": 7}, "items.1.period_seconds"),
        ({"average": [1]}, "items.1.average"),
    ],
)
def test_use_that_cannot_be_is_refused_and_nothing_of_it_taken(
    ada: Organization, member: Client, values: dict[str, Any], field: str
) -> None:
    tell(member, volume())
    answer = tell_use(member, used(), used(**values))
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)
    with tenancy.scope(ada.id):
        assert not UtilizationDay.objects.exists()


def test_who_may_only_look_tells_nothing(ada: Organization) -> None:
    reader = Client(headers=bearer(ada, [Permission.COSTS_READ]))
    assert tell(reader, volume()).status_code == 403
    assert tell_use(reader, used()).status_code == 403
