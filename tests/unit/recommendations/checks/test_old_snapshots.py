"""Snapshots of volumes that are gone: what is found, what is left, and where the border lies."""

from datetime import timedelta
from typing import Any

import pytest

from assay.clouds.domain.inventory import Resource, ResourceKind, Snapshot, Volume
from assay.recommendations.checks.old_snapshots import OldSnapshots, OldSnapshotsOptions
from assay.recommendations.domain.found import Found, Risk
from tests.factories.facts import AT, FactSet, make_bill, make_resource

MONTH = timedelta(days=30)


def snapshot(*, image_ids: tuple[str, ...] = (), **known: Any) -> Resource:
    known = {"state": "completed", "created_at": AT - timedelta(days=90), **known}
    return make_resource(ResourceKind.SNAPSHOT, "snap-1", Snapshot("vol-gone", 100, image_ids=image_ids), **known)


def look(*resources: Resource, **facts: Any) -> list[Found]:
    return list(OldSnapshots().find(FactSet().with_(*resources, **facts), OldSnapshotsOptions()))


def test_finds_a_snapshot_and_says_that_it_may_be_the_last_copy() -> None:
    [found] = look(snapshot(), bill=make_bill("3", days=30))
    assert found.risk is Risk.MEDIUM
    assert str(found.saving.expected.amount) == "3.041666666666667"


@pytest.mark.parametrize(
    "left",
    [
        snapshot(image_ids=("ami-1",)),
        snapshot(tags={"aws:backup:source-resource": "vol-gone"}),
        snapshot(tags={"dlm:managed": "true"}),
        snapshot(created_at=None),
    ],
)
def test_leaves_what_an_image_or_a_policy_needs(left: Resource) -> None:
    assert look(left) == []


def test_leaves_the_snapshot_of_a_volume_that_exists() -> None:
    assert look(snapshot(), make_resource(ResourceKind.VOLUME, "vol-gone", Volume("gp3", 100))) == []


def test_border_of_the_days_belongs_to_what_is_found() -> None:
    assert look(snapshot(created_at=AT - MONTH))
    assert not look(snapshot(created_at=AT - MONTH + timedelta(seconds=1)))
