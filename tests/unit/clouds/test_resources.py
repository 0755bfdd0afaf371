"""Lists become rows: what is new, changed, seen again, gone; and facts survive the way through the database."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from assay.accounts.models import Organization
from assay.clouds.domain.details import dump_details, load_details
from assay.clouds.domain.inventory import (
    Address,
    Database,
    Details,
    Image,
    Instance,
    Manager,
    Reservation,
    ResourceKey,
    ResourceKind,
    SavingsPlan,
    Snapshot,
    Volume,
)
from assay.clouds.domain.refreshes import Reported
from assay.clouds.selectors.inventory import (
    ResourceFilter,
    find_resource,
    list_changes,
    list_resources,
    tally_resources,
    walk_resources,
)
from assay.clouds.services.resources import store_list
from assay.core import tenancy
from tests.factories.organizations import found_organization

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def key(native_id: str, kind: ResourceKind = ResourceKind.ADDRESS) -> ResourceKey:
    return ResourceKey("aws", "1", "eu-central-1", kind, native_id)


def address(native_id: str, state: str = "available") -> Reported:
    return Reported(key(native_id), Address("192.0.2.1"), state)


def store(organization_id: UUID, *reported: Reported, at: datetime = AT, kind: ResourceKind = ResourceKind.ADDRESS) -> None:
    where = {"provider": "aws", "account_id": "1", "region": "eu-central-1"}
    store_list(organization_id, None, reported, **where, kind=kind, at=at)


EXAMPLES: dict[ResourceKind, Details] = {
    ResourceKind.INSTANCE: Instance(
        "m5.large", manager=Manager.EKS, launched_at=AT, volume_ids=("v", "w"), unlimited_credits=True
    ),
    ResourceKind.VOLUME: Volume("gp3", 8, iops=3_000, attached_to=("i-1",)),
    ResourceKind.ADDRESS: Address("192.0.2.1"),
    ResourceKind.SNAPSHOT: Snapshot("vol-1", 8, image_ids=("ami-1",)),
    ResourceKind.IMAGE: Image(snapshot_ids=("s",), last_launched_at=AT),
    ResourceKind.DATABASE: Database("db.r6g.large", "postgres", 100, multi_az=True),
    ResourceKind.SAVINGS_PLAN: SavingsPlan("Compute", Decimal("1.250"), "USD", "No Upfront", 31_536_000, starts_at=AT),
    ResourceKind.RESERVATION: Reservation(
        "m5.large", 1, "Linux/UNIX", "default", "Region", "standard", "", 1, Decimal(0), Decimal("0.029"), "USD", ends_at=AT
    ),
}


@pytest.mark.parametrize("kind", ResourceKind)
def test_details_survive_as_json(kind: ResourceKind) -> None:
    plain = dump_details(EXAMPLES[kind])
    assert load_details(kind, json.loads(json.dumps(plain))) == EXAMPLES[kind]
    assert dump_details(load_details(kind, plain)) == plain


@pytest.mark.django_db
def test_a_state_is_dated_by_the_provider_or_from_when_its_change_was_seen(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        store(ada.id, address("a"))
        assert [view.resource.state_since for view in list_resources(ada.id, ResourceFilter())] == [None]
        store(ada.id, address("a"), at=AT + HOUR)
        assert [view.resource.state_since for view in list_resources(ada.id, ResourceFilter())] == [None]
        store(ada.id, address("a", "in-use"), at=AT + 2 * HOUR)
        store(ada.id, address("a", "in-use"), at=AT + 3 * HOUR)
        [view] = list_resources(ada.id, ResourceFilter())
    assert view.resource.state_since == AT + 2 * HOUR
    assert (view.resource.first_seen_at, view.resource.last_seen_at) == (AT, AT + 3 * HOUR)


@pytest.mark.django_db
def test_what_comes_back_is_the_same_resource_with_its_history(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        store(ada.id, address("a"), address("b"))
        [first, _] = list_resources(ada.id, ResourceFilter())
        store(ada.id, address("b"), at=AT + HOUR)
        gone = find_resource(ada.id, key("a"))
        assert gone is not None
        assert gone.gone_at == AT + HOUR
        store(ada.id, address("a"), address("b"), at=AT + 2 * HOUR)
        back = find_resource(ada.id, key("a"))
        assert back is not None
        assert (back.id, back.gone_at) == (first.id, None)
        changes = list_changes(ada.id, back.id)
    assert [(change.before, change.after) for change in changes[:2]] == [({"gone": True}, {}), ({}, {"gone": True})]


@pytest.mark.django_db
def test_a_list_speaks_for_its_own_kind_region_account_and_organization_alone(ada: Organization) -> None:
    eve = found_organization()
    for organization in (ada, eve):
        with tenancy.scope(organization.id):
            store(organization.id, address("a"))
    with tenancy.scope(ada.id):
        elsewhere = Reported(ResourceKey("aws", "2", "eu-central-1", ResourceKind.ADDRESS, "c"), Address("192.0.2.2"), "x")
        store_list(
            ada.id, None, [elsewhere], provider="aws", account_id="2", region="eu-central-1", kind=ResourceKind.ADDRESS, at=AT
        )
        store(ada.id, kind=ResourceKind.VOLUME)
        store(ada.id, at=AT + HOUR)
        assert [(one.account_id, one.count) for one in tally_resources(ada.id)] == [("2", 1)]
    with tenancy.scope(eve.id):
        assert len(list_resources(eve.id, ResourceFilter())) == 1


@pytest.mark.django_db
def test_snapshots_know_the_images_that_are_made_of_them(ada: Organization) -> None:
    image = Reported(key("ami-1", ResourceKind.IMAGE), Image(snapshot_ids=("snap-1",)), "available")
    snapshots = [Reported(key(f"snap-{n}", ResourceKind.SNAPSHOT), Snapshot("vol-1", 8), "completed") for n in (1, 2)]
    with tenancy.scope(ada.id):
        store(ada.id, *snapshots, kind=ResourceKind.SNAPSHOT)
        store(ada.id, image, kind=ResourceKind.IMAGE)
        [batch] = walk_resources(ada.id, ResourceKind.SNAPSHOT)
        store(ada.id, at=AT + HOUR, kind=ResourceKind.IMAGE)
        [later] = walk_resources(ada.id, ResourceKind.SNAPSHOT)
    found = {view.resource.key.native_id: view.resource.details for view in batch}
    assert [getattr(found[f"snap-{n}"], "image_ids", None) for n in (1, 2)] == [("ami-1",), ()]
    assert all(getattr(view.resource.details, "image_ids", None) == () for view in later)
