"""The ledger's columns are those of FOCUS's own model."""

import pytest

from assay.costs.domain.columns import CHARGE_CATEGORIES, FOCUS_COLUMNS
from assay.costs.domain.focus_model import columns_of, focus_columns, newest_version, subcategory_parents
from tests.factories import focus


@pytest.mark.parametrize(("version", "count"), [("1.0", 43), ("1.1", 50), ("1.2", 57), ("1.4", 65)])
def test_each_version_has_its_columns(version: str, count: int) -> None:
    assert len(columns_of(version)) == count


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_bills_of_tests_have_the_columns_of_their_version(version: str) -> None:
    assert sorted(focus.VERSIONS[version]) == list(columns_of(version))


def test_the_ledger_has_every_column_of_every_version_once() -> None:
    names = [column.name for column in FOCUS_COLUMNS]
    assert sorted(names) == sorted(focus_columns())
    assert len(names) == len(set(names)) == 67


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3", "1.4"])
def test_a_file_s_version_is_told_by_its_columns(version: str) -> None:
    assert newest_version(set(focus.VERSIONS[version])) == version


def test_values_that_are_allowed_come_from_the_model() -> None:
    assert CHARGE_CATEGORIES == ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
    assert subcategory_parents()["Virtual Machines"] == "Compute"
