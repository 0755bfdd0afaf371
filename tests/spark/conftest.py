"""PySpark, from the environment of its own, and a cluster of two executors on this machine."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]
QUICK_TO_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
DEFAULTS = f"""
spark.sql.shuffle.partitions    2
spark.sql.adaptive.enabled      false
spark.driver.extraJavaOptions   {QUICK_TO_START}
spark.executor.extraJavaOptions {QUICK_TO_START}
"""


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The engine starts Spark by itself, at the first question."""
    (packages,) = (ROOT / ".venv-spark").glob("lib/python*/site-packages")
    settings = tmp_path_factory.mktemp("spark")
    (settings / "spark-defaults.conf").write_text(DEFAULTS)
    with pytest.MonkeyPatch.context() as patched, override_settings(ASSAY_SPARK_MASTER="local-cluster[2,1,1024]"):
        patched.setattr(sys, "path", [*sys.path, str(packages)])
        patched.setenv("SPARK_CONF_DIR", str(settings))
        yield
        from assay.costs.selectors.engines.spark import stop_process_engine

        stop_process_engine()
    shutil.rmtree(packages / "pyspark" / "work", ignore_errors=True)
