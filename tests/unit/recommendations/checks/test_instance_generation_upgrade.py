from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from assay.clouds.domain.inventory import Manager, Resource
from assay.clouds.domain.machine_types import Gpus, MachineType
from assay.recommendations.checks.instance_generation_upgrade import GenerationOptions, InstanceGenerationUpgrade
from assay.recommendations.domain.found import Action, Confidence, Effort, Found, Risk
from tests.factories.facts import FactSet, make_bill, make_instance, make_series

CHECK = InstanceGenerationUpgrade()
OLD = MachineType("m4.large", 2, 8192, hypervisor="xen", nvme=False, current_generation=False, ebs_baseline_mbps=450)
ARM = MachineType("m7g.large", 2, 8192, "arm64", network_baseline_mbps=937, ebs_baseline_mbps=630, ebs_baseline_iops=3600)
AWS = FactSet().knows_aws().offers(OLD, ARM).sells({"m4.large": "0.10", "m7g.large": "0.0816"})


def find(facts: FactSet, **options: Any) -> Found | None:
    found = list(CHECK.find(facts, GenerationOptions(**options)))
    return found[0] if found else None


def targets(found: Found | None) -> list[str]:
    return [one.target for one in found.choices] if found else []


def with_old(instance: Resource | None = None, aws: FactSet = AWS, **more: Any) -> FactSet:
    return aws.with_(instance or make_instance("i-1", "m4.large"), **more)


def test_finds_newer_types_and_says_what_changes() -> None:
    found = find(with_old(bill=make_bill("33.6")))
    assert found is not None
    assert targets(found) == ["m7g.large", "m5.large", "m6i.large"]
    assert (found.action, found.risk, found.confidence) == (Action.MODERNISE, Risk.NONE, Confidence.HIGH)
    assert found.effort is Effort.MEDIUM
    assert found.choices[1].effort is Effort.LOW
    assert any("ENA and NVMe drivers" in one for one in found.choices[1].differences)
    assert found.choices[1].saving.expected.amount == Decimal("0.004") * 730


def test_finds_what_is_saved_after_commitments_and_for_the_hours_it_runs() -> None:
    half = find(with_old(cpu=make_series(([50.0] * 144 + [float("nan")] * 144) * 14)), architecture="same", least_saving=0)
    assert half is not None
    assert half.saving.expected.amount == Decimal("0.004") * 365
    covered = find(with_old(bill=make_bill("20", on_demand="33.6", covered="0.75")), architecture="same", least_saving=0)
    assert covered is not None
    assert covered.saving.expected.amount == Decimal("0.004") * 730 / 4


@pytest.mark.parametrize("details", [{"lifecycle": "spot"}, {"manager": Manager.EKS}, {"tenancy": "host"}])
def test_leaves_machines_whose_type_another_decides(details: dict[str, Any]) -> None:
    assert find(with_old(make_instance("i-1", "m4.large", **details))) is None
    assert find(with_old(make_instance("i-1", "m4.large", state="stopped"))) is None


def test_leaves_machines_of_which_no_newer_is_cheaper() -> None:
    assert find(AWS.with_(make_instance("i-1", "m6i.2xlarge"))) is None, "an m7i.2xlarge is dearer"
    assert find(AWS.with_(make_instance("i-1", "p5.48xlarge"))) is None


def test_leaves_gpus_of_another_kind() -> None:
    """A g6.xlarge is newer and cheaper than a g5.xlarge, but an L4 is no A10G."""
    assert find(AWS.with_(make_instance("i-1", "g5.xlarge"))) is None
    same = MachineType(
        "g6.xlarge", 4, 16384, gpus=Gpus("A10G", 1, 22888), instance_store_gb=250, network_baseline_mbps=2500, ebs_baseline_mbps=1000,
        ebs_baseline_iops=4000,
    )  # fmt: skip
    aws = replace(
        AWS, types={("aws", "us-east-1"): (*(one for one in AWS.types["aws", "us-east-1"] if one.name != "g6.xlarge"), same)}
    )
    assert targets(find(aws.with_(make_instance("i-1", "g5.xlarge")))) == ["g6.xlarge"]


def test_leaves_windows_on_its_architecture() -> None:
    aws = AWS.sells({"m4.large": "0.192", "m7g.large": "0.1", "m5.large": "0.188"}, platform="windows")
    assert targets(find(with_old(make_instance("i-1", "m4.large", platform="windows"), aws))) == ["m5.large"]


def test_border_of_size_is_no_less_of_anything() -> None:
    equal = replace(ARM, name="m8g.large")
    less = {
        "memory": replace(equal, memory_mib=8191),
        "cpu": replace(equal, vcpus=1),
        "disk": replace(equal, ebs_baseline_mbps=449),
        "unknown": replace(equal, ebs_baseline_mbps=None),
    }
    for why, machine in {"equal": equal, **less}.items():
        aws = AWS.offers(machine).sells({"m8g.large": "0.05"})
        assert ("m8g.large" in targets(find(with_old(aws=aws)))) is (why == "equal"), why


def test_border_of_the_baseline_of_burstable_types() -> None:
    old = MachineType("t2.xlarge", 4, 16384, burstable=True, baseline_percent=22.5, hypervisor="xen", nvme=False)
    high = replace(old, baseline_percent=41)
    for machine, expected in ((old, ["t3.xlarge"]), (high, [])):
        aws = FactSet().knows_aws().offers(machine).sells({"t2.xlarge": "0.1856"})
        assert targets(find(aws.with_(make_instance("i-1", "t2.xlarge")))) == expected


def test_border_of_the_least_saving() -> None:
    facts = with_old(bill=make_bill("33.6"))
    assert find(facts, architecture="same", least_saving=2.92) is not None
    assert find(facts, architecture="same", least_saving=2.93) is None
