"""ASSAY_LAKE_ENGINE says which engine answers, and what it lacks is named."""

import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from assay.core.errors import Unavailable
from assay.costs.selectors.engines import ENGINES, open_session, spark
from assay.settings.environment import read_choice


def test_an_unknown_engine_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_LAKE_ENGINE", "sparc")
    with pytest.raises(ImproperlyConfigured, match=r"ASSAY_LAKE_ENGINE must be duckdb or spark, and is 'sparc'\."):
        read_choice("ASSAY_LAKE_ENGINE", *ENGINES)


def test_duckdb_is_the_engine_where_none_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSAY_LAKE_ENGINE", raising=False)
    assert read_choice("ASSAY_LAKE_ENGINE", *ENGINES) == "duckdb"


def test_missing_pyspark_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ASSAY_LAKE_ENGINE = "spark"
    monkeypatch.setattr(spark, "_engine", [])
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(Unavailable, match="extra `spark`"), open_session({}):
        pass
