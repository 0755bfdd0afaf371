"""`assay costs export`."""

from pathlib import Path

import pytest

from tests.unit.client.assay_server import AssayServer
from tests.unit.client.conftest import Assay


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet"])
def test_the_kind_of_file_is_told_by_its_name(logged_in: AssayServer, run: Assay, tmp_path: Path, kind: str) -> None:
    logged_in.answer("GET", "costs/export", {"rows": "of the bill"})
    out = tmp_path / f"bill.{kind}"
    asked = ["--from", "2026-01-01", "--filter", "service = 'S3'", "--format", "focus-1.4"]
    assert run("costs", "export", "--out", str(out), *asked).exit_code == 0
    assert logged_in.asked[0].params == {"format": "focus-1.4", "file": kind, "filter": "service = 'S3'", "from": "2026-01-01"}
    assert b"of the bill" in out.read_bytes()
    assert [path.name for path in tmp_path.glob("bill*")] == [out.name]


def test_what_the_server_refuses_leaves_no_file(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    logged_in.refuse("GET", "costs/export", 400, "invalid", "The filter fails at position 1.")
    refused = run("costs", "export", "--out", str(tmp_path / "bill.csv"), "--escape")
    assert (refused.exit_code, "position 1" in refused.output) == (1, True)
    assert logged_in.asked[0].params["texts"] == "escaped"
    assert list(tmp_path.glob("bill*")) == []
    assert run("costs", "export", "--out", str(tmp_path / "bill.xlsx")).exit_code == 2
