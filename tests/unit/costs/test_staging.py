"""A delivery of several files is converted as one."""

import gzip
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from assay.core.ids import new_id
from assay.costs.domain.imports import BillRefused
from assay.costs.formats.reading import BillFile, recognize_file
from assay.costs.services.staging import Staged, stage_delivery
from tests.factories import focus

FEBRUARY = {
    "BillingPeriodStart": "2026-02-01T00:00:00Z",
    "BillingPeriodEnd": "2026-03-01T00:00:00Z",
    "ChargePeriodStart": "2026-02-03T00:00:00Z",
    "ChargePeriodEnd": "2026-02-03T01:00:00Z",
}


def write(folder: Path, name: str, content: bytes) -> BillFile:
    path = folder / name
    path.write_bytes(content)
    return recognize_file(path, name=name)


def stage(folder: Path, *files: BillFile) -> Staged:
    staging = folder / "staging"
    staging.mkdir()
    return stage_delivery(files, import_id=new_id(), currency="", folder=staging)


def test_files_of_different_months_and_columns_are_one_delivery(tmp_path: Path) -> None:
    older = [focus.make_charge("1.5"), focus.make_charge("2", **FEBRUARY)]
    first = write(tmp_path, "a.csv", focus.write_csv(older, columns=focus.VERSION_1_0))
    second = write(tmp_path, "b.csv", focus.write_csv([focus.make_charge("0.25")], columns=[*focus.VERSION_1_2, "x_Project"]))
    staged = stage(tmp_path, first, second)
    sums = {period.billing_period: (period.rows, period.totals["effective"]) for period in staged.periods}
    assert sums == {"2026-01": (2, Decimal("1.75")), "2026-02": (1, Decimal(2))}
    assert [period.charged_until.isoformat() for period in staged.periods] == [
        "2026-01-05T11:00:00+00:00",
        "2026-02-03T01:00:00+00:00",
    ]
    assert sorted((file.billing_period, file.rows) for file in staged.files) == [("2026-01", 2), ("2026-02", 1)]
    assert all(invariant.ok for invariant in staged.invariants)
    assert (staged.currency, staged.format) == ("USD", "focus")


def test_a_fault_in_one_of_many_gzipped_files_ends_the_reading_of_all(tmp_path: Path) -> None:
    sound = gzip.compress(focus.write_csv([focus.make_charge("1")] * 2_000))
    files = [write(tmp_path, f"{number}.csv.gz", sound) for number in range(20)]
    assert sum(file.rows for file in stage(tmp_path, *files).files) == 40_000
    faulty = write(tmp_path, "faulty.csv.gz", gzip.compress(focus.write_csv([focus.make_charge("much")])))
    (tmp_path / "staging").rename(tmp_path / "first")
    with pytest.raises(BillRefused, match=r"faulty\.csv\.gz: line 2, column BilledCost: 'much' is not a number"):
        stage(tmp_path, faulty, *files)
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("inflate")]


def test_notes_of_several_files_name_theirs(tmp_path: Path) -> None:
    first = write(tmp_path, "a.csv", focus.write_csv([focus.make_charge()]))
    second = write(tmp_path, "b.csv", focus.write_csv([focus.make_charge()], columns=[*focus.VERSION_1_2, "x_Project"]))
    assert "b.csv: Custom columns kept in x_columns: x_Project." in stage(tmp_path, first, second).notes


def test_two_currencies_in_one_delivery_are_refused(tmp_path: Path) -> None:
    dollars = write(tmp_path, "a.csv", focus.write_csv([focus.make_charge()]))
    euros = write(tmp_path, "b.csv", focus.write_csv([focus.make_charge(BillingCurrency="EUR")]))
    with pytest.raises(BillRefused, match=r"b\.csv: line 2, column BillingCurrency: 'EUR' differs from USD"):
        stage(tmp_path, dollars, euros)
