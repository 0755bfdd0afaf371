"""Volumes that no machine uses: what is found, what is left, and where the border lies."""

from datetime import timedelta
from typing import Any

import pytest

from assay.clouds.domain.inventory import Resource, ResourceKind, Volume
from assay.recommendations.checks.unattached_volumes import UnattachedVolumes, UnattachedVolumesOptions
from assay.recommendations.domain.found import Confidence, Found, PriceSource
from tests.factories.facts import AT, FactSet, make_bill, make_resource

WEEK = timedelta(days=7)


def volume(*, attached_to: tuple[str, ...] = (), **known: Any) -> Resource:
    known = {"state": "available", "state_since": AT - timedelta(days=30), **known}
    return make_resource(ResourceKind.VOLUME, "vol-1", Volume("gp3", 500, attached_to=attached_to), **known)


def look(resource: Resource, *, days: int = 7, **facts: Any) -> list[Found]:
    return list(UnattachedVolumes().find(FactSet().with_(resource, **facts), UnattachedVolumesOptions(days=days)))


def test_finds_a_volume_with_its_whole_cost() -> None:
    [found] = look(volume(), bill=make_bill("48", days=30))
    assert str(found.saving.expected.amount) == "48.666666666666667"
    assert found.saving.source is PriceSource.BILL
    assert "delete-volume --volume-id vol-1 --region us-east-1" in found.remedy.command
    assert found.remedy.command.startswith("aws ec2 create-snapshot"), "the data are kept before they are removed"


def test_finds_one_that_the_bill_does_not_name_as_unpriced() -> None:
    [found] = look(volume())
    assert found.saving.source is PriceSource.UNKNOWN
    assert found.saving.expected.amount == 0


def test_finds_by_what_assay_saw_where_nobody_says_since_when() -> None:
    [found] = look(volume(state_since=None, first_seen_at=AT - WEEK))
    assert found.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    "left",
    [
        volume(attached_to=("i-1",), state="in-use"),
        volume(state="creating"),
        volume(tags={"assay:keep": "for the audit"}),
        volume(state_since=None, first_seen_at=AT - timedelta(hours=1)),
    ],
)
def test_leaves_what_is_used_made_kept_or_just_seen(left: Resource) -> None:
    assert look(left) == []


def test_border_of_the_days_belongs_to_what_is_found() -> None:
    assert look(volume(state_since=AT - WEEK))
    assert not look(volume(state_since=AT - WEEK + timedelta(seconds=1)))
    assert look(volume(state_since=AT - WEEK + timedelta(days=1)), days=6)
