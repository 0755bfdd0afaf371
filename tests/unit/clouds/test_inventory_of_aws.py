"""A look at an account over HTTP: what is there becomes rows, once, with its history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from assay.accounts.models import Organization
from assay.clouds.connectors.aws import inventory as questions
from assay.clouds.connectors.aws.roles import assume_role
from assay.clouds.connectors.aws.sessions import Clients, Refused
from assay.clouds.domain.inventory import Image, Instance, Manager, ResourceKind, Volume
from assay.clouds.domain.refreshes import CallState, RefreshState, RefreshSubject, RefreshView, Refusal, Trigger
from assay.clouds.models import InventoryRefresh
from assay.clouds.selectors.inventory import ResourceFilter, ResourceView, list_changes, list_resources, walk_resources
from assay.clouds.selectors.refreshes import get_refresh, list_calls, list_grants
from assay.clouds.services import inventory as looking
from assay.clouds.services import refreshes
from assay.clouds.services.connections import create_connection
from assay.clouds.services.refresh_runs import run_refresh
from assay.clouds.services.refreshes import LEASE, hint_refreshes, request_refresh
from assay.core import tenancy
from assay.core.clock import frozen, now
from assay.core.errors import Conflict
from tests.plugins.aws_server import ACCOUNT, LINUX_IMAGE, aws_client, empty_aws, running_aws

pytestmark = pytest.mark.django_db

ROLE = f"arn:aws:iam::{ACCOUNT}:role/assay-inventory"
REGION = "eu-central-1"


@dataclass(frozen=True)
class Cloud:
    organization: Organization
    connection_id: UUID
    url: str

    def client(self, service: str, region: str = REGION) -> Any:
        return aws_client(self.url, service, region)

    def request(self) -> RefreshView:
        with tenancy.scope(self.organization.id):
            return request_refresh(
                self.organization.id, self.connection_id, subject=RefreshSubject.INVENTORY, trigger=Trigger.PERSON
            )

    def refresh(self) -> RefreshView:
        asked = self.request()
        run_refresh(self.organization.id, asked.id)
        return self.show(asked.id)

    def show(self, refresh_id: UUID) -> RefreshView:
        with tenancy.scope(self.organization.id):
            return get_refresh(self.organization.id, refresh_id)

    def calls(self, refresh: RefreshView) -> dict[tuple[str, str, str], CallState]:
        with tenancy.scope(self.organization.id):
            found = list_calls(self.organization.id, refresh.id)
        return {(call.operation, call.account_id, call.region): call.state for call in found}

    def list(self, kind: ResourceKind, *, with_gone: bool = False) -> list[ResourceView]:
        with tenancy.scope(self.organization.id):
            return list_resources(self.organization.id, ResourceFilter(kind=kind, with_gone=with_gone))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_aws() as url:
        yield url


LACKING = {"DescribeReservedInstances", "DescribeSavingsPlans"}
"""What moto does not answer."""


@pytest.fixture(autouse=True)
def what_moto_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "refresh_lists", lambda lease, reach: None)
    monkeypatch.setattr(looking, "QUESTIONS", tuple(one for one in questions.QUESTIONS if one.operation not in LACKING))


@pytest.fixture
def cloud(ada: Organization, server: str) -> Iterator[Cloud]:
    empty_aws(server)
    with tenancy.scope(ada.id):
        made = create_connection(ada.id, name="main", role_arn=ROLE, region=REGION, regions=[REGION], actor_id=None)
    with override_settings(ASSAY_AWS_ENDPOINT_URL=server):
        yield Cloud(ada, made.id, server)


def start_instance(cloud: Cloud, **more: Any) -> str:
    ec2 = cloud.client("ec2")
    given = {"ImageId": LINUX_IMAGE, "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1} | more
    instance_id: str = ec2.run_instances(**given)["Instances"][0]["InstanceId"]
    return instance_id


def test_what_is_held_is_listed_with_its_facts(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    tags = [{"Key": "Name", "Value": "trainer"}, {"Key": "aws:autoscaling:groupName", "Value": "trainers"}]
    instance_id = start_instance(cloud, TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])
    loose = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=20, VolumeType="gp3", Iops=3000, Throughput=125)["VolumeId"]
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    image_id = ec2.create_image(InstanceId=instance_id, Name="golden")["ImageId"]
    cloud.client("rds").create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.r6g.large", Engine="postgres", AllocatedStorage=100
    )
    done = cloud.refresh()
    assert (done.state, done.message, done.calls[CallState.OK]) == (RefreshState.COMPLETE, "", 6)
    [instance] = cloud.list(ResourceKind.INSTANCE)
    assert (instance.resource.key.native_id, instance.resource.name, instance.resource.state) == (
        instance_id,
        "trainer",
        "running",
    )
    details = instance.resource.details
    assert isinstance(details, Instance)
    assert (details.instance_type, details.manager, details.group) == ("m5.large", Manager.AUTO_SCALING, "trainers")
    assert (details.platform, details.lifecycle) == ("linux", "on-demand")
    assert instance.resource.state_since == details.launched_at is not None
    volumes = {view.resource.key.native_id: view.resource for view in cloud.list(ResourceKind.VOLUME)}
    assert volumes[loose].details == Volume("gp3", 20, iops=3000, throughput_mibps=125)
    assert volumes[loose].state == "available"
    assert volumes[details.volume_ids[0]].details.attached_to == (instance_id,)  # type: ignore[union-attr]  # a volume
    assert [view.resource.key.native_id for view in cloud.list(ResourceKind.ADDRESS)] == [allocation]
    [image] = cloud.list(ResourceKind.IMAGE)
    assert isinstance(image.resource.details, Image)
    assert (image.resource.key.native_id, image.resource.name) == (image_id, "golden")
    [database] = cloud.list(ResourceKind.DATABASE)
    assert (database.resource.name, database.resource.key.native_id) == ("db", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:db")


def test_a_second_look_writes_no_history_and_a_change_does(cloud: Cloud) -> None:
    instance_id = start_instance(cloud)
    cloud.refresh()
    cloud.refresh()
    [view] = cloud.list(ResourceKind.INSTANCE)
    with tenancy.scope(cloud.organization.id):
        assert len(list_changes(cloud.organization.id, view.id)) == 1
    ec2 = cloud.client("ec2")
    ec2.stop_instances(InstanceIds=[instance_id])
    ec2.modify_instance_attribute(InstanceId=instance_id, InstanceType={"Value": "m5.xlarge"})
    at = now() + timedelta(hours=1)
    with frozen(at):
        cloud.refresh()
    [view] = cloud.list(ResourceKind.INSTANCE)
    assert view.resource.state == "stopped"
    with tenancy.scope(cloud.organization.id):
        [change, _] = list_changes(cloud.organization.id, view.id)
    assert (change.at, change.before["instance_type"], change.after["instance_type"]) == (at, "m5.large", "m5.xlarge")
    assert (change.before["state"], change.after["state"]) == ("running", "stopped")


def test_what_a_whole_list_lacks_is_gone_and_may_come_back(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    volume_id = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=20)["VolumeId"]
    cloud.refresh()
    ec2.delete_volume(VolumeId=volume_id)
    at = now() + timedelta(hours=1)
    with frozen(at):
        cloud.refresh()
    assert cloud.list(ResourceKind.VOLUME) == []
    [gone] = cloud.list(ResourceKind.VOLUME, with_gone=True)
    assert (gone.resource.key.native_id, gone.gone_at) == (volume_id, at)


def test_a_terminated_instance_is_gone_though_aws_still_tells_of_it(cloud: Cloud) -> None:
    instance_id = start_instance(cloud)
    cloud.refresh()
    cloud.client("ec2").terminate_instances(InstanceIds=[instance_id])
    cloud.refresh()
    assert cloud.list(ResourceKind.INSTANCE) == []


def refuse(monkeypatch: pytest.MonkeyPatch, operation: str, refusal: Refusal) -> None:
    def ask(clients: Clients, region: str) -> Any:
        raise Refused(refusal)

    changed = tuple(
        questions.Question(one.permission, one.kind, ask) if one.operation == operation else one for one in looking.QUESTIONS
    )
    monkeypatch.setattr(looking, "QUESTIONS", changed)


def test_a_refused_call_names_its_permission_and_leaves_the_rest_alone(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    ec2 = cloud.client("ec2")
    ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=20)
    ec2.allocate_address(Domain="vpc")
    cloud.refresh()
    with monkeypatch.context() as patched:
        refuse(patched, "DescribeVolumes", Refusal("ec2", "DescribeVolumes", "no", "ec2:DescribeVolumes"))
        done = cloud.refresh()
    assert (done.state, done.calls[CallState.DENIED], done.calls[CallState.OK]) == (RefreshState.PARTIAL, 1, 5)
    assert len(cloud.list(ResourceKind.VOLUME)) == 1
    with tenancy.scope(cloud.organization.id):
        grants = list_grants(cloud.organization.id)
        [first, *_] = list_calls(cloud.organization.id, done.id)
    assert (first.state, first.permission) == (CallState.DENIED, "ec2:DescribeVolumes")
    assert grants["ec2:DescribeVolumes"].is_missing
    assert grants["ec2:DescribeVolumes"].places == ((ACCOUNT, REGION),)
    assert not grants["ec2:DescribeInstances"].is_missing
    cloud.refresh()
    with tenancy.scope(cloud.organization.id):
        assert not list_grants(cloud.organization.id)["ec2:DescribeVolumes"].is_missing


def test_a_failed_call_says_nothing_of_what_exists(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=20)
    cloud.refresh()
    refuse(monkeypatch, "DescribeVolumes", Refusal("ec2", "DescribeVolumes", "InternalError"))
    done = cloud.refresh()
    assert done.calls[CallState.FAILED] == 1
    assert len(cloud.list(ResourceKind.VOLUME)) == 1


def test_a_killed_refresh_goes_on_after_the_calls_it_had_ended(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    start_instance(cloud)
    asked = cloud.request()
    stored: list[str] = []
    store = looking._store

    def die_later(lease: Any, answer: Any) -> None:
        if len(stored) == 3:
            raise SystemExit(9)
        store(lease, answer)
        stored.append(answer.question.operation)

    with monkeypatch.context() as patched:
        patched.setattr(looking, "_store", die_later)
        with pytest.raises(SystemExit):
            run_refresh(cloud.organization.id, asked.id)
    assert cloud.show(asked.id).state is RefreshState.RUNNING
    run_refresh(cloud.organization.id, asked.id)
    assert cloud.show(asked.id).attempt == 1
    asked_again: list[str] = []
    ask = looking._ask
    monkeypatch.setattr(looking, "_ask", lambda *given: asked_again.append(given[3].operation) or ask(*given))
    with frozen(now() + LEASE + timedelta(seconds=1)):
        run_refresh(cloud.organization.id, asked.id)
    done = cloud.show(asked.id)
    assert (done.state, done.attempt, done.calls[CallState.OK]) == (RefreshState.COMPLETE, 2, 6)
    assert sorted(stored + asked_again) == sorted(one.operation for one in looking.QUESTIONS)


def test_a_long_refresh_lets_others_have_its_worker_and_asks_nothing_twice(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_instance(cloud)
    asked, stored, store = cloud.request(), [], looking._store
    monkeypatch.setattr(looking, "_store", lambda *given: stored.append(given[1].question.operation) or store(*given))
    monkeypatch.setattr(refreshes, "SLICE", -timedelta(seconds=1))
    run_refresh(cloud.organization.id, asked.id)
    assert (cloud.show(asked.id).state, len(stored)) == (RefreshState.RUNNING, 1)
    for _ in range(6):
        run_refresh(cloud.organization.id, asked.id)
    assert cloud.show(asked.id).state is RefreshState.COMPLETE
    assert sorted(stored) == sorted(one.operation for one in looking.QUESTIONS)


def test_a_defect_is_told_and_tried_again_for_a_day(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = cloud.request()
    with monkeypatch.context() as patched:
        patched.setattr(looking, "store_list", lambda *given, **more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_refresh(cloud.organization.id, asked.id)
    found = cloud.show(asked.id)
    assert (found.state, found.message) == (RefreshState.RUNNING, "ZeroDivisionError: division by zero")
    with frozen(now() + timedelta(days=2)):
        run_refresh(cloud.organization.id, asked.id)
    assert cloud.show(asked.id).state is RefreshState.FAILED


def test_a_process_that_was_taken_for_dead_writes_no_more(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = cloud.request()
    store = looking._store

    def overtaken(lease: Any, answer: Any) -> None:
        with tenancy.scope(cloud.organization.id):
            InventoryRefresh.objects.filter(id=asked.id).update(attempt=7)
        store(lease, answer)

    monkeypatch.setattr(looking, "_store", overtaken)
    run_refresh(cloud.organization.id, asked.id)
    found = cloud.show(asked.id)
    assert (found.state, found.calls[CallState.OK]) == (RefreshState.RUNNING, 0)


def test_a_refresh_is_under_way_once_a_connection(cloud: Cloud) -> None:
    first = cloud.request()
    assert cloud.request().id == first.id
    run_refresh(cloud.organization.id, first.id)
    assert cloud.request().id != first.id
    hint_refreshes()


def test_a_connection_without_a_role_cannot_be_looked_at(cloud: Cloud) -> None:
    with tenancy.scope(cloud.organization.id):
        empty = create_connection(cloud.organization.id, name="empty", actor_id=None)
        with pytest.raises(Conflict, match="no role yet"):
            request_refresh(cloud.organization.id, empty.id, subject=RefreshSubject.INVENTORY, trigger=Trigger.PERSON)


def test_member_accounts_are_entered_by_their_role_and_opted_in_regions_are_looked_at(ada: Organization, cloud: Cloud) -> None:
    organizations = cloud.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    member = organizations.create_account(Email="m@example.com", AccountName="ml")["CreateAccountStatus"]["AccountId"]
    with tenancy.scope(ada.id):
        made = create_connection(
            ada.id, name="org", role_arn=ROLE, region=REGION, regions=[REGION], member_role="assay-member", actor_id=None
        )
    wide = Cloud(ada, made.id, cloud.url)
    role = f"arn:aws:iam::{member}:role/assay-member"
    there = Clients(member, assume_role(role, external_id="x" * 43, region=REGION, endpoint_url=cloud.url), cloud.url)
    volume = there.get("ec2", REGION).create_volume(AvailabilityZone=f"{REGION}a", Size=5)["VolumeId"]
    done = wide.refresh()
    assert done.state is RefreshState.COMPLETE
    [found] = wide.list(ResourceKind.VOLUME)
    assert (found.resource.key.account_id, found.resource.key.native_id) == (member, volume)
    assert ("AssumeRole", member, "") in wide.calls(done)


def test_a_fleet_is_walked_in_batches(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    made = {ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"] for _ in range(5)}
    cloud.refresh()
    with tenancy.scope(cloud.organization.id):
        batches = list(walk_resources(cloud.organization.id, ResourceKind.VOLUME, batch=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert {view.resource.key.native_id for batch in batches for view in batch} == made
