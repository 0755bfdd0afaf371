"""ASSAY_LAKE_ENGINE says which engine answers, and what it lacks is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from assay.core.errors import Unavailable
from assay.costs.selectors.engines import ENGINES, open_session, spark
from assay.settings.environment import read_choice


def test_an_unknown_engine_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_LAKE_ENGINE", "sparc")
    with pytest.raises(ImproperlyConfigured, match=r"ASSAY_LAKE_ENGINE must be duckdb, spark or databricks, and is 'sparc'\."):
        read_choice("ASSAY_LAKE_ENGINE", *ENGINES)


def test_duckdb_is_the_engine_where_none_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSAY_LAKE_ENGINE", raising=False)
    assert read_choice("ASSAY_LAKE_ENGINE", *ENGINES) == "duckdb"


ROOT = Path(__file__).resolve().parents[3]
WORKSPACE = {
    "ASSAY_LAKE_ENGINE": "databricks",
    "ASSAY_DATABRICKS_HOST": "https://dbc-0123abcd-4567.cloud.databricks.com/",
    "ASSAY_DATABRICKS_HTTP_PATH": "/sql/1.0/warehouses/0123456789abcdef",
    "ASSAY_DATABRICKS_TOKEN": "secret",
    "ASSAY_LAKE_URL": "s3://lake/charges",
}
SAY_HOST = "from django.conf import settings; print(settings.ASSAY_DATABRICKS_HOST)"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "dbc-0123abcd-4567.cloud.databricks.com\n"),
        ({"ASSAY_DATABRICKS_TOKEN": ""}, "ASSAY_DATABRICKS_TOKEN is not set, and ASSAY_LAKE_ENGINE=databricks needs it."),
        ({"ASSAY_LAKE_URL": "/var/lib/assay/lake"}, "ASSAY_LAKE_URL must be a bucket"),
    ],
)
def test_a_workspace_needs_its_settings(wrong: dict[str, str], said: str) -> None:
    environment = os.environ | {"PYTHONPATH": "platform", "DJANGO_SETTINGS_MODULE": "assay.settings"} | WORKSPACE | wrong
    done = subprocess.run(
        [sys.executable, "-c", SAY_HOST], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert said in done.stdout + done.stderr


def test_a_missing_connector_of_databricks_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ASSAY_LAKE_ENGINE = "databricks"
    monkeypatch.setitem(sys.modules, "databricks.sql", None)
    with pytest.raises(Unavailable, match="extra `databricks`"), open_session({}):
        pass


def test_missing_pyspark_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ASSAY_LAKE_ENGINE = "spark"
    monkeypatch.setattr(spark, "_engine", [])
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(Unavailable, match="extra `spark`"), open_session({}):
        pass
