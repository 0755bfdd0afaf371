"""What moto lacks, against the SDK's own descriptions of answers: commitments, offered rates, prices, refusals."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from botocore.stub import Stubber

from assay.clouds.connectors.aws.commitments import list_offered_rates, list_reservations, list_savings_plans
from assay.clouds.connectors.aws.ec2 import find_manager, list_instances
from assay.clouds.connectors.aws.machine_types import list_machine_types
from assay.clouds.connectors.aws.pricing import ON_DEMAND, list_prices
from assay.clouds.connectors.aws.sessions import Clients, Refused
from assay.clouds.domain.inventory import Instance, Manager, Reservation, SavingsPlan
from assay.clouds.domain.platforms import name_platform
from assay.clouds.domain.refreshes import CallState
from assay.core.s3 import SessionKeys

REGION = "eu-central-1"
ARN = "arn:aws:savingsplans::123456789012:savingsplan/p-1"


@contextmanager
def stubbed(service: str, region: str, *answers: tuple[str, dict[str, Any], dict[str, Any]]) -> Iterator[Clients]:
    """Clients one of which answers so, in order. answers: (operation, what must be asked, answer)."""
    clients = Clients("123456789012", SessionKeys("key", "secret", "token"))
    with Stubber(clients.get(service, region)) as stubber:
        for operation, asked, answer in answers:
            stubber.add_response(operation, answer, asked)
        yield clients
        stubber.assert_no_pending_responses()


def plan(number: int, state: str) -> dict[str, Any]:
    return {
        "savingsPlanArn": f"{ARN}{number}", "savingsPlanType": "Compute", "commitment": "1.25", "currency": "USD", "state": state,
        "paymentOption": "No Upfront", "termDurationInSeconds": 31_536_000, "start": "2026-12-01T00:00:00.000Z",
        "end": "2027-12-01T00:00:00.000Z", "returnableUntil": "2026-12-08T00:00:00Z", "tags": {"Name": "base"},
    }  # fmt: skip


def test_savings_plans_are_listed_page_by_page_also_queued_ones() -> None:
    first = {"savingsPlans": [plan(1, "active")], "nextToken": "more"}
    asked = {"maxResults": 1_000}
    with stubbed(
        "savingsplans",
        "us-east-1",
        ("describe_savings_plans", asked, first),
        ("describe_savings_plans", asked | {"nextToken": "more"}, {"savingsPlans": [plan(2, "queued")]}),
    ) as clients:
        found, refusals = list_savings_plans(clients, "")
    assert refusals == []
    assert [(one.state, one.key.native_id, one.key.region) for one in found] == [
        ("active", f"{ARN}1", ""),
        ("queued", f"{ARN}2", ""),
    ]
    details = found[1].details
    assert isinstance(details, SavingsPlan)
    assert (details.commitment_per_hour, details.starts_at) == (Decimal("1.25"), datetime(2026, 12, 1, tzinfo=UTC))


def test_reservations_have_their_terms() -> None:
    one = {
        "ReservedInstancesId": "r-1", "InstanceType": "m5.large", "InstanceCount": 3, "ProductDescription": "Linux/UNIX",
        "InstanceTenancy": "default", "Scope": "Region", "OfferingClass": "convertible", "OfferingType": "Partial Upfront",
        "Duration": 31_536_000, "FixedPrice": 250.0, "UsagePrice": 0.0, "CurrencyCode": "USD", "State": "queued",
        "RecurringCharges": [{"Amount": 0.029, "Frequency": "Hourly"}], "Start": datetime(2026, 12, 1, tzinfo=UTC),
        "End": datetime(2027, 12, 1, tzinfo=UTC),
    }  # fmt: skip
    with stubbed("ec2", REGION, ("describe_reserved_instances", {}, {"ReservedInstances": [one]})) as clients:
        [found], _ = list_reservations(clients, REGION)
    assert found.state == "queued"
    details = found.details
    assert isinstance(details, Reservation)
    assert (details.count, details.fixed, details.recurring_per_hour) == (3, Decimal("250.0"), Decimal("0.029"))


def test_offered_rates_are_those_of_hours_of_machines() -> None:
    offering = {
        "offeringId": "o", "paymentOption": "No Upfront", "planType": "Compute", "durationSeconds": 94_608_000, "currency": "USD",
    }  # fmt: skip
    facts = [
        {"name": "region", "value": REGION},
        {"name": "instanceType", "value": "m5.large"},
        {"name": "tenancy", "value": "shared"},
    ]
    rate = {
        "savingsPlanOffering": offering, "rate": "0.0519", "unit": "Hrs", "productType": "EC2", "serviceCode": "AmazonEC2",
        "usageType": "EUC1-BoxUsage:m5.large", "operation": "RunInstances", "properties": facts,
    }  # fmt: skip
    asked = {
        "products": ["EC2"],
        "serviceCodes": ["AmazonEC2"],
        "filters": [{"name": "region", "values": [REGION]}, {"name": "instanceType", "values": ["m5.large"]}],
        "maxResults": 1_000,
    }
    answer = {"searchResults": [rate, rate | {"unit": "Quantity"}]}
    with stubbed("savingsplans", "us-east-1", ("describe_savings_plans_offering_rates", asked, answer)) as clients:
        [found] = list_offered_rates(clients, region=REGION, instance_types=["m5.large"])
    assert (found.plan_type, found.term_years, found.per_hour) == ("Compute", 3, Decimal("0.0519"))
    assert (found.instance_type, found.operation) == ("m5.large", "RunInstances")


def term(*dimensions: tuple[str, str], **attributes: str) -> dict[str, Any]:
    priced = {str(n): {"unit": unit, "pricePerUnit": {"USD": amount}} for n, (unit, amount) in enumerate(dimensions)}
    return {"effectiveDate": "2026-02-01T00:00:00Z", "priceDimensions": priced, "termAttributes": attributes}


def test_prices_are_exact_and_a_reservations_hour_holds_its_share_of_what_is_paid_in_advance() -> None:
    reserved = {
        "a": term(("Hrs", "0.03"), ("Quantity", "262.80"), LeaseContractLength="1yr", OfferingClass="standard", PurchaseOption="Partial Upfront"),
        "b": term(("Quantity", "788.40"), ("Hrs", "0.0"), LeaseContractLength="3yr", OfferingClass="convertible", PurchaseOption="All Upfront"),
    }  # fmt: skip
    product = {
        "product": {"attributes": {"instanceType": "m5.large"}},
        "terms": {"OnDemand": {"x": term(("Hrs", "0.1150000000"))}, "Reserved": reserved},
    }
    free = {"product": {"attributes": {"instanceType": "m5.xlarge"}}, "terms": {"OnDemand": {"x": term(("Hrs", "0.0"))}}}
    values = {
        "regionCode": REGION, "operation": "RunInstances:0010", "tenancy": "Shared", "capacitystatus": "Used",
        "marketoption": "OnDemand",
    }  # fmt: skip
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in values.items()]
    asked = {"ServiceCode": "AmazonEC2", "Filters": filters}
    answers = [
        ("get_products", asked, {"PriceList": [json.dumps(product)], "NextToken": "more"}),
        ("get_products", asked | {"NextToken": "more"}, {"PriceList": [json.dumps(free)]}),
    ]
    with stubbed("pricing", "us-east-1", *answers) as clients:
        found = list_prices(clients, region=REGION, operation="RunInstances:0010")
    assert [(one.name, one.offer, one.per_hour, one.valid_from) for one in found] == [
        ("m5.large", ON_DEMAND, Decimal("0.1150000000"), date(2026, 2, 1)),
        ("m5.large", "reserved standard 1yr partial upfront", Decimal("0.06"), date(2026, 2, 1)),
        ("m5.large", "reserved convertible 3yr all upfront", Decimal("0.03"), date(2026, 2, 1)),
    ]


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_every_way_of_saying_no_names_the_permission(code: str) -> None:
    clients = Clients("1", SessionKeys("key", "secret", "token"))
    with Stubber(clients.get("ec2", REGION)) as stubber:
        stubber.add_client_error("describe_instances", code, "You are not authorized.")
        with pytest.raises(Refused) as refused:
            list_instances(clients, REGION)
    refusal = refused.value.refusal
    assert (refusal.state, refusal.permission, refusal.operation) == (
        CallState.DENIED,
        "ec2:DescribeInstances",
        "DescribeInstances",
    )


def test_any_other_error_is_a_failure_and_no_missing_permission() -> None:
    clients = Clients("1", SessionKeys("key", "secret", "token"))
    with Stubber(clients.get("ec2", REGION)) as stubber:
        stubber.add_client_error("describe_instances", "InvalidParameterValue", "What?")
        with pytest.raises(Refused) as refused:
            list_instances(clients, REGION)
    assert (refused.value.refusal.state, refused.value.refusal.permission) == (CallState.FAILED, "")
    assert "InvalidParameterValue: What?" in refused.value.refusal.message


def instance(**more: Any) -> dict[str, Any]:
    return {"InstanceId": "i-1", "InstanceType": "t3.large", "State": {"Name": "running"}} | more


def test_without_leave_to_ask_for_credits_instances_are_known_all_the_same() -> None:
    clients = Clients("1", SessionKeys("key", "secret", "token"))
    with Stubber(clients.get("ec2", REGION)) as stubber:
        stubber.add_response("describe_instances", {"Reservations": [{"Instances": [instance()]}]})
        stubber.add_client_error("describe_instance_credit_specifications", "UnauthorizedOperation", "no")
        [found], [refusal] = list_instances(clients, REGION)
    assert isinstance(found.details, Instance)
    assert found.details.unlimited_credits is None
    assert refusal.permission == "ec2:DescribeInstanceCreditSpecifications"


def test_a_stopped_instance_says_since_when_and_a_started_one_keeps_the_day_it_was_made() -> None:
    made, started = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    stopped = instance(
        InstanceType="m5.large",
        State={"Name": "stopped"},
        StateTransitionReason="User initiated (2026-02-03 04:05:06 GMT)",
        LaunchTime=started,
        UsageOperation="RunInstances:0010",
        BlockDeviceMappings=[{"Ebs": {"VolumeId": "vol-1", "AttachTime": made}}],
    )
    spot = instance(InstanceId="i-2", InstanceLifecycle="spot", LaunchTime=started)
    gone = instance(InstanceId="i-3", State={"Name": "terminated"})
    with stubbed(
        "ec2", REGION, ("describe_instances", {"MaxResults": 500}, {"Reservations": [{"Instances": [stopped, spot, gone]}]})
    ) as clients:
        [first, second], _ = list_instances(clients, REGION)
    assert (first.state_since, first.created_at) == (datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC), made)
    assert isinstance(first.details, Instance)
    assert isinstance(second.details, Instance)
    assert (first.details.platform, first.details.volume_ids) == ("rhel", ("vol-1",))
    assert (second.details.lifecycle, second.state_since) == ("spot", started)


@pytest.mark.parametrize(
    ("tags", "manager", "group"),
    [
        ({}, Manager.NOBODY, ""),
        ({"aws:autoscaling:groupName": "web"}, Manager.AUTO_SCALING, "web"),
        ({"aws:autoscaling:groupName": "x", "aws:elasticmapreduce:job-flow-id": "j-1"}, Manager.EMR, "j-1"),
        ({"aws:autoscaling:groupName": "x", "eks:cluster-name": "c", "eks:nodegroup-name": "n"}, Manager.EKS, "c/n"),
        ({"kubernetes.io/cluster/prod": "owned"}, Manager.EKS, "prod"),
        ({"karpenter.sh/nodepool": "gpu"}, Manager.EKS, "gpu"),
        ({"Vendor": "Databricks", "ClusterId": "0101-a"}, Manager.DATABRICKS, "0101-a"),
        ({"aws:autoscaling:groupName": "x", "AWSBatchServiceTag": "batch"}, Manager.BATCH, "batch"),
        ({"Vendor": "Acme"}, Manager.NOBODY, ""),
    ],
)
def test_who_decides_a_machines_size_is_read_from_its_tags(tags: dict[str, str], manager: Manager, group: str) -> None:
    assert find_manager(tags) == (manager, group)


@pytest.mark.parametrize(
    ("given", "platform"),
    [
        ({"operation": "RunInstances"}, "linux"),
        ({"operation": "RunInstances:0002", "details": "Linux/UNIX"}, "windows"),
        ({"details": "Red Hat Enterprise Linux"}, "rhel"),
        ({"details": "Windows with SQL Server Enterprise"}, "windows-sql-enterprise"),
        ({"is_windows": True}, "windows"),
        ({}, "linux"),
        ({"operation": "RunInstances:9999", "details": "Something New"}, "something new"),
    ],
)
def test_a_platform_that_is_not_known_is_never_taken_for_another(given: dict[str, Any], platform: str) -> None:
    assert name_platform(**given) == platform


def test_machine_types_are_read_with_parts_of_gpus_and_other_accelerators() -> None:
    common = {"VCpuInfo": {"DefaultVCpus": 2}, "MemoryInfo": {"SizeInMiB": 1_024}}
    part = {
        "InstanceType": "g6f.large", "Hypervisor": "nitro", "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        "GpuInfo": {"Gpus": [{"Name": "L4", "Count": 0, "LogicalGpuCount": 1, "GpuPartitionSize": 0.125, "MemoryInfo": {"SizeInMiB": 2_861}}]},
        "EbsInfo": {"NvmeSupport": "required", "MaximumEbsAttachments": 27, "EbsOptimizedInfo": {"BaselineBandwidthInMbps": 500, "BaselineIops": 2_000}},
        "NetworkInfo": {"NetworkCards": [{"BaselineBandwidthInGbps": 1.5}, {"BaselineBandwidthInGbps": 1.5}], "MaximumNetworkInterfaces": 2},
    } | common  # fmt: skip
    small = {
        "InstanceType": "t4g.micro", "BurstablePerformanceSupported": True, "ProcessorInfo": {"SupportedArchitectures": ["arm64"]},
    } | common  # fmt: skip
    neuron = {"InstanceType": "trn1.32xlarge", "NeuronInfo": {"NeuronDevices": [{"Count": 16, "Name": "Trainium"}]}} | common
    with stubbed("ec2", REGION, ("describe_instance_types", {}, {"InstanceTypes": [part, small, neuron]})) as clients:
        first, second, third = list_machine_types(clients, REGION)
    assert first.gpus is not None
    assert (first.gpus.count, first.gpus.partition, first.gpus.memory_mib) == (1, 0.125, 2_861)
    assert (first.network_baseline_mbps, first.ebs_baseline_mbps, first.max_volumes, first.nvme) == (3_000, 500, 27, True)
    assert (second.architecture, second.burstable, second.baseline_percent) == ("arm64", True, 10)
    assert third.accelerators == "16 Trainium"
