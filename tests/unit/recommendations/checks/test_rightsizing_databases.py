from dataclasses import replace
from typing import Any

import pytest

from assay.clouds.domain.inventory import Resource
from assay.clouds.domain.machine_types import MachineType
from assay.recommendations.checks.rightsizing_databases import DatabaseSizingOptions, RightsizingDatabases
from assay.recommendations.domain.found import Confidence, Effort, Found
from tests.factories.facts import FactSet, make_database, make_series

CHECK = RightsizingDatabases()
ARM = MachineType("r6g.xlarge", 4, 32768, "arm64", network_baseline_mbps=1250, ebs_baseline_mbps=1150, ebs_baseline_iops=6000)
PRICES = {
    "db.m5.2xlarge": "0.712",
    "db.m5.xlarge": "0.356",
    "db.r5.xlarge": "0.504",
    "db.t3.large": "0.145",
    "db.m5.4xlarge": "1.424",
}
WORLD = FactSet(types=FactSet().knows_aws().types).sells(PRICES, platform="postgres", tenancy="single-az")
QUIET: dict[str, Any] = {
    name: make_series(100, 90)
    for name in (
        "network_in",
        "network_out",
        "disk_read",
        "disk_write",
        "disk_read_operations",
        "disk_write_operations",
        "connections",
    )
}


def facts_of(database: Resource | None = None, *, world: FactSet = WORLD, cpu: Any = 15, **series: Any) -> FactSet:
    return world.with_(database or make_database(), **{**QUIET, "cpu": make_series(cpu, cpu / 2), **series})


def find(facts: FactSet, **options: Any) -> Found | None:
    found = list(CHECK.find(facts, DatabaseSizingOptions(**options)))
    return found[0] if found else None


def targets(found: Found | None) -> list[str]:
    return [one.target for one in found.choices] if found else []


def test_finds_a_class_with_the_same_memory_where_it_is_not_measured() -> None:
    found = find(facts_of(replace(make_database("arn:aws:rds:us-east-1:111122223333:db:sales"), name="sales")))
    assert targets(found) == ["db.r5.xlarge"]
    assert found is not None
    assert found.confidence is Confidence.MEDIUM
    assert "--db-instance-identifier sales --db-instance-class db.r5.xlarge" in found.remedy.command


def test_finds_smaller_memory_where_it_is_measured() -> None:
    assert targets(find(facts_of(memory=make_series(35, 34))))[0] == "db.m5.xlarge"


def test_finds_a_larger_class_for_one_that_is_too_small() -> None:
    found = find(facts_of(cpu=98))
    assert targets(found) == ["db.m5.4xlarge"]
    assert found is not None
    assert "519.76 USD a month more" in found.reason


def test_finds_graviton_with_less_effort_than_on_a_machine_of_ones_own() -> None:
    world = WORLD.offers(ARM).sells({"db.r6g.xlarge": "0.45"}, platform="postgres", tenancy="single-az")
    found = find(facts_of(world=world))
    assert targets(found) == ["db.r6g.xlarge", "db.r5.xlarge"]
    assert found is not None
    assert found.effort is Effort.LOW
    oracle = {"platform": "oracle-ee bring-your-own-license", "tenancy": "single-az"}
    world = world.sells({"db.m5.2xlarge": "0.712", "db.r6g.xlarge": "0.45", "db.r5.xlarge": "0.5"}, **oracle)
    licensed = make_database("db-2", engine="oracle-ee", licence="bring-your-own-license")
    assert targets(find(facts_of(licensed, world=world))) == ["db.r5.xlarge"], "Oracle is not offered on arm64"


@pytest.mark.parametrize("details", [{"cluster_id": "c-1"}, {"replica_of": "db-0"}, {"multi_az": True}, {"engine": "mysql"}])
def test_leaves_members_of_clusters_replicas_and_what_has_no_price(details: dict[str, Any]) -> None:
    assert find(facts_of(make_database("db-1", **details))) is None


def test_leaves_databases_that_are_not_available() -> None:
    assert find(facts_of(replace(make_database(), state="stopped"))) is None


def test_border_of_connections_that_memory_allows() -> None:
    """A db.m5.xlarge allows 16 GiB / 9,531,392 = 1,802 connections, of which a fifth stays free: 1,441."""
    small = {"memory": make_series(35, 34)}
    assert targets(find(facts_of(**small, connections=make_series(1441))))[0] == "db.m5.xlarge"
    assert targets(find(facts_of(**small, connections=make_series(1442))))[0] == "db.r5.xlarge"


def test_border_of_the_headroom() -> None:
    assert targets(find(facts_of(cpu=40))) == ["db.r5.xlarge"]
    assert find(facts_of(cpu=40.1)) is None
