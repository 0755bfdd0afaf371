"""Where a run runs, by every source, and what it costs to find out."""

import socket
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from assay_client.identity import compute_tags, ec2, kubernetes
from tests.unit.client.metadata_service import MetadataService

INSTANCE = "i-0123456789abcdef0"
EVERY_FIELD = {
    "provider": "aws",
    "resource_id": INSTANCE,
    "instance_type": "p4d.24xlarge",
    "region": "us-east-1",
    "zone": "us-east-1b",
    "lifecycle": "on-demand",
    "account_id": "111122223333",
    "host": "trainer-1",
    "share": "0.5",
    "cluster_id": "blue",
    "job_run_id": "77",
}


def test_a_plain_host_is_named_by_its_host_name() -> None:
    name = socket.gethostname()
    assert compute_tags({}) == {
        "assay.compute.provider": "host",
        "assay.compute.resource_id": name,
        "assay.compute.host": name,
    }


def test_a_machine_that_is_no_instance_is_not_asked(metadata_service: MetadataService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ec2, "ENDPOINTS", {"ipv4": metadata_service.url})
    compute_tags({})
    assert metadata_service.requests == []


def test_an_instance_is_named_by_its_metadata_service(metadata_service: MetadataService) -> None:
    tags = compute_tags({"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_service.url + "/"})
    assert tags == {
        "assay.compute.provider": "aws",
        "assay.compute.resource_id": INSTANCE,
        "assay.compute.instance_type": "g5.xlarge",
        "assay.compute.region": "us-east-1",
        "assay.compute.zone": "us-east-1a",
        "assay.compute.lifecycle": "spot",
        "assay.compute.account_id": "111122223333",
        "assay.compute.host": "10.0.1.17",
    }


def test_the_metadata_service_is_asked_once_per_process(metadata_service: MetadataService) -> None:
    for _ in range(3):
        compute_tags({"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_service.url})
    assert metadata_service.requests == [
        "PUT /latest/api/token",
        "GET /latest/dynamic/instance-identity/document",
        "GET /latest/meta-data/instance-life-cycle",
    ]


@pytest.mark.parametrize("file", ["sys_vendor", "bios_version", "product_version"])
def test_amazons_firmware_makes_the_service_be_asked(
    file: str, metadata_service: MetadataService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / file).write_text("Amazon EC2\n")
    monkeypatch.setattr(ec2, "FIRMWARE", tmp_path)
    monkeypatch.setattr(ec2, "ENDPOINTS", {"ipv4": metadata_service.url})
    assert compute_tags({})["assay.compute.resource_id"] == INSTANCE


def test_the_firmware_names_the_instance_where_the_service_is_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sys_vendor").write_text("Amazon EC2")
    (tmp_path / "board_asset_tag").write_text("i-0feedfeedfeedfeed")
    monkeypatch.setattr(ec2, "FIRMWARE", tmp_path)
    monkeypatch.setattr(ec2, "ENDPOINTS", {"ipv4": "http://127.0.0.1:1"})
    assert compute_tags({})["assay.compute.resource_id"] == "i-0feedfeedfeedfeed"


def test_a_disabled_service_is_never_asked(metadata_service: MetadataService) -> None:
    environ = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_service.url, "AWS_EC2_METADATA_DISABLED": "True"}
    assert compute_tags(environ)["assay.compute.provider"] == "host"
    assert metadata_service.requests == []


def test_a_silent_service_delays_a_training_by_a_second_at_most_and_only_once(metadata_service: MetadataService) -> None:
    metadata_service.silent = True
    environ = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_service.url}
    begun = time.monotonic()
    assert compute_tags(environ)["assay.compute.provider"] == "host"
    assert compute_tags(environ)["assay.compute.provider"] == "host"
    assert time.monotonic() - begun < 1.2


@pytest.mark.parametrize("document", ["", "not json", "[]", '{"instanceId": "../../x"}', "{}"])
def test_a_strange_answer_leaves_the_plain_host(document: str, metadata_service: MetadataService) -> None:
    metadata_service.answers["dynamic/instance-identity/document"] = document
    tags = compute_tags({"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_service.url})
    assert tags["assay.compute.provider"] == "host"


@pytest.mark.parametrize("endpoint", ["nonsense", "http://", "http://127.0.0.1:1", "http://127.0.0.1:99999", "ftp://[", "  "])
def test_an_unusable_endpoint_leaves_the_plain_host(endpoint: str) -> None:
    assert compute_tags({"AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint})["assay.compute.provider"] == "host"


def test_each_tag_can_be_named_by_its_variable() -> None:
    environ = {f"ASSAY_COMPUTE_{name.upper()}": value for name, value in EVERY_FIELD.items()}
    assert compute_tags(environ) == {f"assay.compute.{name}": value for name, value in EVERY_FIELD.items()}


def test_a_named_machine_is_not_looked_for(metadata_service: MetadataService) -> None:
    environ = {
        "ASSAY_COMPUTE_PROVIDER": "aws",
        "ASSAY_COMPUTE_RESOURCE_ID": "i-0aaaaaaaaaaaaaaaa",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_service.url,
    }
    assert compute_tags(environ)["assay.compute.resource_id"] == "i-0aaaaaaaaaaaaaaaa"
    assert metadata_service.requests == []


def test_a_named_share_is_added_to_the_machine_that_is_found(metadata_service: MetadataService) -> None:
    environ = {"ASSAY_COMPUTE_SHARE": "0.25", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_service.url}
    tags = compute_tags(environ)
    assert (tags["assay.compute.share"], tags["assay.compute.resource_id"]) == ("0.25", INSTANCE)


@pytest.mark.parametrize("share", ["0", "1.5", "-1", "half", "nan", "inf"])
def test_an_impossible_share_is_left_out(share: str) -> None:
    assert "assay.compute.share" not in compute_tags({"ASSAY_COMPUTE_SHARE": share})


def test_a_pod_is_named_with_its_node_and_namespace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    namespace = tmp_path / "namespace"
    namespace.write_text("training\n")
    monkeypatch.setattr(kubernetes, "NAMESPACE_FILE", namespace)
    environ = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "HOSTNAME": "digits-7x9", "NODE_NAME": "node-3"}
    assert compute_tags(environ) == {
        "assay.compute.provider": "kubernetes",
        "assay.compute.resource_id": "node-3",
        "assay.compute.host": "node-3",
        "assay.compute.job_run_id": "training/digits-7x9",
    }


@pytest.mark.parametrize(
    ("provider", "environ"),
    [
        ("kubernetes", {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "HOSTNAME": "pod"}),
        ("slurm", {"SLURM_JOB_ID": "4711", "SLURMD_NODENAME": "gpu-2"}),
    ],
)
def test_a_job_on_an_instance_is_billed_as_the_instance(
    provider: str, environ: dict[str, str], metadata_service: MetadataService
) -> None:
    tags = compute_tags(environ | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_service.url})
    assert tags["assay.compute.provider"] == provider
    assert tags["assay.compute.resource_id"] == INSTANCE
    assert tags["assay.compute.instance_type"] == "g5.xlarge"


def test_a_slurm_job_is_named_with_its_node_and_cluster() -> None:
    environ = {"SLURM_JOB_ID": "4711", "SLURM_CLUSTER_NAME": "blue", "SLURMD_NODENAME": "gpu-2"}
    assert compute_tags(environ) == {
        "assay.compute.provider": "slurm",
        "assay.compute.resource_id": "gpu-2",
        "assay.compute.host": "gpu-2",
        "assay.compute.cluster_id": "blue",
        "assay.compute.job_run_id": "4711",
    }


class SparkSession:
    """Keeps the contract of the active session that a Databricks notebook has."""

    settings = {
        "spark.databricks.clusterUsageTags.clusterId": "0914-101112-abcd123",
        "spark.databricks.clusterUsageTags.driverNodeType": "g5.xlarge",
        "spark.databricks.clusterUsageTags.region": "us-west-2",
        "spark.databricks.job.runId": "990017",
    }

    @classmethod
    def getActiveSession(cls) -> "SparkSession":  # noqa: N802  Spark's own name
        return cls()

    @property
    def conf(self) -> "SparkSession":
        return self

    def get(self, name: str, default: str | None) -> str | None:
        if name.endswith("containerZoneId"):
            raise RuntimeError("CONFIG_NOT_AVAILABLE")
        return self.settings.get(name, default)


def spark_module(session: type) -> ModuleType:
    module = ModuleType("pyspark.sql")
    vars(module)["SparkSession"] = session
    return module


def test_a_databricks_cluster_is_named_by_its_spark_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", spark_module(SparkSession))
    tags = compute_tags({"DATABRICKS_RUNTIME_VERSION": "16.4", "SLURM_JOB_ID": "1"})
    assert tags == {
        "assay.compute.provider": "databricks",
        "assay.compute.resource_id": "0914-101112-abcd123",
        "assay.compute.instance_type": "g5.xlarge",
        "assay.compute.region": "us-west-2",
        "assay.compute.host": socket.gethostname(),
        "assay.compute.cluster_id": "0914-101112-abcd123",
        "assay.compute.job_run_id": "990017",
    }


def test_a_databricks_node_without_spark_is_named_by_its_variables() -> None:
    environ = {"DATABRICKS_RUNTIME_VERSION": "16.4", "DB_CLUSTER_ID": "0914-101112-abcd123", "DB_INSTANCE_TYPE": "i3.xlarge"}
    tags = compute_tags(environ)
    assert tags["assay.compute.cluster_id"] == "0914-101112-abcd123"
    assert tags["assay.compute.instance_type"] == "i3.xlarge"


def test_a_source_that_breaks_leaves_what_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @staticmethod
        def getActiveSession() -> None:  # noqa: N802  Spark's own name
            raise RuntimeError("the gateway is gone")

    monkeypatch.setitem(sys.modules, "pyspark.sql", spark_module(Broken))
    environ = {"DATABRICKS_RUNTIME_VERSION": "16.4", "ASSAY_COMPUTE_REGION": "us-east-1"}
    assert compute_tags(environ) == {"assay.compute.region": "us-east-1"}
