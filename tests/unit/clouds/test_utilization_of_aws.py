"""Values of whole days over HTTP: in their places, as rates, of every GPU, and never made up."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from botocore.exceptions import ClientError
from django.test import override_settings

from assay.accounts.models import Organization
from assay.clouds.connectors.aws.cloudwatch import SLOTS, AgentMetrics, Target, list_agent_metrics, measure_day
from assay.clouds.connectors.aws.sessions import Clients
from assay.clouds.domain.inventory import Instance, ResourceKey, ResourceKind
from assay.clouds.domain.refreshes import CallState, RefreshState, RefreshSubject, RefreshView, Reported, Trigger
from assay.clouds.domain.utilization import Metric, Series
from assay.clouds.models import UtilizationDay
from assay.clouds.selectors.inventory import ResourceFilter, list_resources
from assay.clouds.selectors.refreshes import get_refresh, list_calls
from assay.clouds.selectors.utilization import read_series
from assay.clouds.services import utilization as measuring
from assay.clouds.services.connections import create_connection
from assay.clouds.services.refresh_runs import run_refresh
from assay.clouds.services.refreshes import request_refresh
from assay.clouds.services.resources import store_list
from assay.core import tenancy
from assay.core.clock import frozen
from tests.plugins.aws_server import ACCOUNT, aws_client, empty_aws, running_aws

pytestmark = pytest.mark.django_db

REGION = "eu-central-1"
DAY = date(2026, 3, 2)
START = datetime(2026, 3, 2, tzinfo=UTC)
AFTER = datetime(2026, 3, 3, 6, tzinfo=UTC)
ONE = Target(ResourceKind.INSTANCE, "i-1")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_aws() as url:
        yield url


@pytest.fixture
def clients(server: str) -> Clients:
    empty_aws(server)
    return Clients(ACCOUNT, None, server)


def put(server: str, namespace: str, metric: str, value: Any, at: timedelta, /, **dimensions: str) -> None:
    """value: of one sample, or several of one period."""
    values = value if isinstance(value, list) else [value]
    pairs = [{"Name": key, "Value": said} for key, said in dimensions.items()]
    data = [{"MetricName": metric, "Dimensions": pairs, "Timestamp": START + at, "Value": one} for one in values]
    aws_client(server, "cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)


def measure(clients: Clients, target: Target = ONE, agents: AgentMetrics | None = None) -> dict[Metric, Series]:
    found = measure_day(clients, REGION, [target], DAY, agents=agents or AgentMetrics())
    return {one.metric: one.series for one in found}


def test_each_value_stands_at_its_period_and_what_is_missing_is_nan(server: str, clients: Clients) -> None:
    put(server, "AWS/EC2", "CPUUtilization", [10.0, 30.0], timedelta(minutes=5), InstanceId="i-1")
    put(server, "AWS/EC2", "CPUUtilization", 50.0, timedelta(hours=23, minutes=55), InstanceId="i-1")
    put(server, "AWS/EC2", "CPUUtilization", 99.0, timedelta(hours=24), InstanceId="i-1")
    cpu = measure(clients)[Metric.CPU]
    assert (cpu.start, cpu.step, len(cpu)) == (START, timedelta(minutes=5), SLOTS)
    assert (cpu.average[1], cpu.maximum[1]) == (20, 30)
    assert (cpu.average[-1], cpu.maximum[-1]) == (50, 50)
    assert cpu.measured == 2


def test_counts_become_rates_by_the_length_of_their_samples(server: str, clients: Clients) -> None:
    """Five samples of a minute each: the fullest one is a maximum over sixty seconds, not over three hundred."""
    put(server, "AWS/EC2", "NetworkIn", [600.0, 0.0, 0.0, 0.0, 0.0], timedelta(), InstanceId="i-1")
    put(server, "AWS/EC2", "NetworkIn", 600.0, timedelta(minutes=5), InstanceId="i-1")
    network = measure(clients)[Metric.NETWORK_IN]
    assert (network.average[0], network.maximum[0]) == (2, 10)
    assert (network.average[1], network.maximum[1]) == (2, 2)


def test_operations_of_a_volume_are_a_rate_of_their_sum(server: str, clients: Clients) -> None:
    put(server, "AWS/EBS", "VolumeReadOps", [30.0, 30.0], timedelta(), VolumeId="vol-1")
    found = measure(clients, Target(ResourceKind.VOLUME, "vol-1"))
    assert (found[Metric.DISK_READ_OPERATIONS].average[0], found[Metric.DISK_READ_OPERATIONS].maximum[0]) == pytest.approx(
        (0.2, 0.2)
    )


def test_without_an_agent_memory_is_unknown_and_not_zero(clients: Clients) -> None:
    found = measure(clients)
    assert set(found) == {Metric.CPU}
    assert found[Metric.CPU].measured == 0
    assert found[Metric.CPU].peak() is None


def test_memory_is_read_whatever_dimensions_an_agent_adds(server: str, clients: Clients) -> None:
    more = {"ImageId": "ami-1", "InstanceType": "m5.large", "AutoScalingGroupName": "g"}
    put(server, "CWAgent", "mem_used_percent", [40.0, 60.0], timedelta(), InstanceId="i-1", **more)
    put(server, "CWAgent", "mem_used_percent", 99.0, timedelta(), host="no-instance")
    agents = list_agent_metrics(clients, REGION)
    assert set(agents.by_instance) == {"i-1"}
    memory = measure(clients, agents=agents)[Metric.MEMORY]
    assert (memory.average[0], memory.maximum[0], memory.measured) == (50, 60, 1)


def test_of_several_gpus_the_busiest_one_is_the_maximum_and_memory_is_a_share_of_each(server: str, clients: Clients) -> None:
    for index, (busy, used) in enumerate([(100.0, 20_000.0), (0.0, 1_000.0)]):
        gpu = {"InstanceId": "i-1", "index": str(index), "name": "NVIDIA A10G", "arch": "Ampere"}
        put(server, "CWAgent", "nvidia_smi_utilization_gpu", busy, timedelta(), **gpu)
        put(server, "CWAgent", "nvidia_smi_memory_used", used, timedelta(), **gpu)
        put(server, "CWAgent", "nvidia_smi_memory_total", 25_000.0, timedelta(), **gpu)
    found = measure(clients, agents=list_agent_metrics(clients, REGION))
    assert (found[Metric.GPU].average[0], found[Metric.GPU].maximum[0]) == (50, 100)
    assert (found[Metric.GPU_MEMORY].average[0], found[Metric.GPU_MEMORY].maximum[0]) == pytest.approx((42, 80))
    assert np.isnan(found[Metric.GPU].average[1:]).all()


class Counting:
    """A client that keeps what it was asked, page by page."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def get_metric_data(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        queries = asked["MetricDataQueries"]
        half = queries[: len(queries) // 2] if "NextToken" not in asked else queries[len(queries) // 2 :]
        results = [{"Id": query["Id"], "Timestamps": [START], "Values": [7.0]} for query in half]
        return {"MetricDataResults": results} | ({} if "NextToken" in asked else {"NextToken": "more"})


def test_a_call_has_at_most_500_queries_and_all_its_pages_are_read(clients: Clients) -> None:
    counting = Counting()
    clients._made["cloudwatch", REGION] = counting
    targets = [Target(ResourceKind.INSTANCE, f"i-{number}") for number in range(60)]
    found = measure_day(clients, REGION, targets, DAY, agents=AgentMetrics())
    assert [len(one["MetricDataQueries"]) for one in counting.asked] == [500, 500, 500, 500, 200, 200]
    assert len(found) == 60 * 7
    assert all(one.series.measured == 1 for one in found)
    assert {query["MetricStat"]["Period"] for one in counting.asked for query in one["MetricDataQueries"]} == {300}


@pytest.fixture
def connection_id(ada: Organization, server: str) -> Iterator[UUID]:
    empty_aws(server)
    role = f"arn:aws:iam::{ACCOUNT}:role/assay"
    with tenancy.scope(ada.id):
        made = create_connection(ada.id, name="main", role_arn=role, region=REGION, regions=[REGION], actor_id=None)
        for number, created in enumerate([datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)]):
            hold(ada, made.id, f"i-{number}", created)
    with override_settings(ASSAY_AWS_ENDPOINT_URL=server):
        yield made.id


def hold(ada: Organization, connection_id: UUID, native_id: str, created_at: datetime) -> None:
    key = ResourceKey("aws", ACCOUNT, REGION, ResourceKind.INSTANCE, native_id)
    known = [view.resource for view in list_resources(ada.id, ResourceFilter())]
    listed = [Reported(one.key, one.details, one.state, created_at=one.created_at) for one in known]
    listed.append(Reported(key, Instance("t3.large"), "running", created_at=created_at))
    where = {"provider": "aws", "account_id": ACCOUNT, "region": REGION}
    store_list(ada.id, connection_id, listed, **where, kind=ResourceKind.INSTANCE, at=START)


def refresh(ada: Organization, connection_id: UUID) -> RefreshView:
    with tenancy.scope(ada.id):
        asked = request_refresh(ada.id, connection_id, subject=RefreshSubject.UTILIZATION, trigger=Trigger.BEAT)
    run_refresh(ada.id, asked.id)
    with tenancy.scope(ada.id):
        return get_refresh(ada.id, asked.id)


def days_of(ada: Organization) -> dict[str, int]:
    with tenancy.scope(ada.id):
        rows = UtilizationDay.objects.filter(metric=Metric.CPU).values_list("resource__native_id", flat=True)
        return {native_id: list(rows).count(native_id) for native_id in sorted(set(rows))}


def test_missing_whole_days_are_fetched_once_and_none_before_a_machine_was_made(
    ada: Organization, connection_id: UUID, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(server, "AWS/EC2", "CPUUtilization", 25.0, timedelta(), InstanceId="i-0")
    put(server, "AWS/EC2", "CPUCreditBalance", 144.0, timedelta(), InstanceId="i-0")
    with frozen(AFTER):
        done = refresh(ada, connection_id)
    assert (done.state, done.message) == (RefreshState.COMPLETE, "")
    assert days_of(ada) == {"i-0": 14, "i-1": 1}
    with tenancy.scope(ada.id):
        [first, _] = list_resources(ada.id, ResourceFilter())
        found = read_series(ada.id, [first.id], [Metric.CPU, Metric.CPU_CREDIT_BALANCE], until=date(2026, 3, 3), days=14)
    assert found[first.id, Metric.CPU].measured == 1
    assert found[first.id, Metric.CPU_CREDIT_BALANCE].peak() == 144

    def refuse(*given: Any, **more: Any) -> Any:
        raise AssertionError("nothing is missing")

    with monkeypatch.context() as patched, frozen(AFTER):
        patched.setattr(measuring, "measure_day", refuse)
        assert refresh(ada, connection_id).state is RefreshState.COMPLETE
    with frozen(AFTER + timedelta(days=1)):
        refresh(ada, connection_id)
    assert days_of(ada) == {"i-0": 15, "i-1": 2}


def test_what_an_agent_told_is_fetched_also_of_days_that_were_known_without_it(
    ada: Organization, connection_id: UUID, server: str
) -> None:
    """As when the permission to list its metrics comes later."""
    with frozen(AFTER):
        refresh(ada, connection_id)
    put(server, "CWAgent", "mem_used_percent", 40.0, timedelta(), InstanceId="i-0")
    with frozen(AFTER):
        refresh(ada, connection_id)
    with tenancy.scope(ada.id):
        [first, _] = list_resources(ada.id, ResourceFilter())
        found = read_series(ada.id, [first.id], [Metric.MEMORY], until=date(2026, 3, 3), days=14)
    assert found[first.id, Metric.MEMORY].measured == 1
    assert days_of(ada) == {"i-0": 14, "i-1": 1}


def test_a_killed_fetch_goes_on_with_what_is_missing(
    ada: Organization, connection_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, stored = measuring._store, []

    def die_later(lease: Any, outcome: Any) -> None:
        if len(stored) == 5:
            raise SystemExit(9)
        store(lease, outcome)
        stored.append(outcome.work.day)

    with tenancy.scope(ada.id):
        asked = request_refresh(ada.id, connection_id, subject=RefreshSubject.UTILIZATION, trigger=Trigger.BEAT)
    with monkeypatch.context() as patched, frozen(AFTER):
        patched.setattr(measuring, "_store", die_later)
        with pytest.raises(SystemExit):
            run_refresh(ada.id, asked.id)
    fetched: list[date] = []
    measure_again = measuring.measure_day
    monkeypatch.setattr(
        measuring, "measure_day", lambda *given, **more: fetched.append(given[3]) or measure_again(*given, **more)
    )
    with frozen(AFTER + timedelta(minutes=6)):
        run_refresh(ada.id, asked.id)
    assert sorted(stored + fetched) == [date(2026, 3, 2) - timedelta(days=back) for back in range(13, -1, -1)]
    assert days_of(ada) == {"i-0": 14, "i-1": 1}


def test_a_denied_call_names_its_permission_and_is_not_repeated(
    ada: Organization, connection_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Denying:
        def get_metric_data(self, **asked: Any) -> Any:
            said = {"Error": {"Code": "AccessDenied", "Message": "not authorized"}}
            raise ClientError(said, "GetMetricData")  # type: ignore[arg-type]  # as much of an answer as is read

        def can_paginate(self, operation: str) -> bool:
            return False

        def list_metrics(self, **asked: Any) -> Any:
            return {"Metrics": []}

    get = Clients.get
    monkeypatch.setattr(
        Clients, "get", lambda self, service, region="": Denying() if service == "cloudwatch" else get(self, service, region)
    )
    with frozen(AFTER):
        done = refresh(ada, connection_id)
    assert done.state is RefreshState.PARTIAL
    with tenancy.scope(ada.id):
        [call, *_] = list_calls(ada.id, done.id)
    assert (call.state, call.permission) == (CallState.DENIED, "cloudwatch:GetMetricData")
    assert "Allow cloudwatch:GetMetricData" in call.message
    assert days_of(ada) == {}
