"""The FOCUS Foundation's own validator over what Assay exports, in its own environment, without the network."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

from assay.core import tenancy
from assay.costs.domain.focus_exports import ExportKind, FocusFormat
from assay.costs.selectors.focus_exports import start_export
from tests.factories import focus
from tests.factories.checked_bills import make_bill
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization
from tests.unit.costs.test_focus_exports import ALWAYS

pytestmark = pytest.mark.django_db

RUN = "import sys; from focus_validator.main import main; sys.exit(main())"
ENVIRONMENT = Path(sys.prefix).resolve().parent / ".venv-focus"
FALSE_ALARMS: Mapping[str, str] = {
    # Rule of the validator → a condition on rows that the rule's own words forbid; none has it.
    "CapacityReservationStatus-C-003-C": "CapacityReservationId IS NULL AND CapacityReservationStatus IS NOT NULL",
    "CapacityReservationStatus-C-004-C": (
        "CapacityReservationId IS NOT NULL AND ChargeCategory = 'Usage' AND CapacityReservationStatus IS NULL"
    ),
    "CommitmentDiscountStatus-C-004-C": (
        "CommitmentDiscountId IS NOT NULL AND ChargeCategory = 'Usage' AND CommitmentDiscountStatus IS NULL"
    ),
    "InvoiceId-C-004-C": "InvoiceId IS NOT NULL AND InvoiceId <> 'INV-1'",
}
"""Conditions that the validator does not evaluate: of the first two it leaves out every part of an AND, of the third its model has
the opposite of the rule's words, and of the last it knows nothing of invoices and wants no charge to have one."""
CHECKED = 360
"""Of its 578 rules so many are looked at; sums over several rows it leaves out, which `assay costs check` does not."""


def test_trap_40_the_official_validator_accepts_an_export_but_for_what_it_gets_wrong(tmp_path: Path) -> None:
    organization = found_organization()
    deliver(organization.id, focus.write_csv(make_bill()))
    file = tmp_path / "bill.parquet"
    with tenancy.scope(organization.id):
        file.write_bytes(b"".join(start_export(organization.id, ALWAYS, FocusFormat.FOCUS_1_2, ExportKind.PARQUET)))
    failing, looked_at = validate(file, tmp_path / "found.xml")
    assert looked_at >= CHECKED
    assert failing == set(FALSE_ALARMS)
    for rule, forbidden in FALSE_ALARMS.items():
        rows = duckdb.sql(f"SELECT count(*) FROM read_parquet('{file}') WHERE {forbidden}").fetchall()
        assert rows == [(0,)], rule


def validate(file: Path, found: Path) -> tuple[set[str], int]:
    """Names of the single rules that fail (others sum them up), and how many were looked at."""
    packages = next(ENVIRONMENT.glob("lib/python*/site-packages"))
    asked = ["--validate-version", "1.2.0.1", "--block-download", "--applicability-criteria", "ALL"]
    told = ["--output-type", "unittest", "--output-destination", str(found)]
    command = [ENVIRONMENT / "bin" / "python", "-c", RUN, "--data-file", file, *asked, *told]
    done = subprocess.run(
        command, cwd=packages, capture_output=True, text=True, check=False
    )  # it looks for its currencies there
    assert found.exists(), done.stderr
    cases = list(ElementTree.parse(found).iter("testcase"))
    failing = [case.get("name", "") for case in cases if case.find("failure") is not None or case.find("error") is not None]
    looked_at = [case for case in cases if case.find("skipped") is None]
    return {name.split(" ")[0] for name in failing if not name.endswith("Composite")}, len(looked_at)
