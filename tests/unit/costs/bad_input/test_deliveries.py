"""Deliveries that are not what their manifest says."""

import gzip
from pathlib import Path

import pytest

from assay.core import tenancy
from assay.costs.domain.imports import BillRefused, ImportState
from assay.costs.domain.manifests import find_kind, read_manifest
from assay.costs.models import BillingSource
from tests.factories.deliveries import EXPORT, bill_of, data_export, lay, poll_and_import, put
from tests.factories.ledgers import read_ledger

pytestmark = pytest.mark.django_db

CUR_KEY = "billing/20260101-20260201/billing-Manifest.json"


def test_a_manifest_naming_a_missing_file_says_which(source: BillingSource, exports: Path) -> None:
    missing = f"s3://bills/{EXPORT}/data/BILLING_PERIOD=2026-01/gone.csv"
    lay(exports, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1", named=[missing]))
    [found] = poll_and_import(source)
    assert found.state is ImportState.INCOMPLETE
    assert found.message == f"The manifest names {missing}, which is not there yet."
    assert read_ledger(source.organization_id) == []


def test_a_truncated_file_of_a_delivery_refuses_all_of_it(source: BillingSource, exports: Path) -> None:
    whole = gzip.compress(bill_of("2026-01", "1"))
    lay(exports, data_export({"a.csv.gz": whole, "b.csv.gz": whole[:-10]}, month="2026-01", execution="e1"))
    [found] = poll_and_import(source)
    assert found.state is ImportState.REFUSED
    assert "b.csv.gz: the gzip stream is damaged or cut off" in found.message
    assert read_ledger(source.organization_id) == []


def test_a_file_that_is_not_the_one_of_the_checksums_is_refused(source: BillingSource, exports: Path) -> None:
    put(exports / "bill.csv", bill_of("2026-01", "1"))
    put(exports / "manifest.json", b'{"file": "bill.csv", "sha256": "%s"}' % (b"0" * 64))
    [found] = poll_and_import(source)
    assert found.state is ImportState.REFUSED
    assert "bill.csv: it is not the file that the manifest speaks of" in found.message


def test_a_manifest_that_is_no_json_does_not_stop_the_others(source: BillingSource, exports: Path) -> None:
    lay(exports, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1"))
    put(exports / f"{EXPORT}/metadata/BILLING_PERIOD=2026-02/{EXPORT}-Manifest.json", b'{"executionId": "e')
    [found] = poll_and_import(source)
    assert found.state is ImportState.IMPORTED
    with tenancy.scope(source.organization_id):
        assert "BILLING_PERIOD=2026-02" in BillingSource.objects.get(id=source.id).poll_message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[]", "no manifest that Assay knows"),
        (b"{}", "billingPeriod.start is missing"),
        (b'{"billingPeriod": {"start": "20260101T000000.000Z"}}', "reportKeys is no list"),
        (b'{"billingPeriod": {"start": "20260101T000000.000Z"}, "reportKeys": ["p/billing/x.csv"]}', "assemblyId is missing"),
        (b'{"billingPeriod": {"start": "20260101T000000.000Z"}, "reportKeys": [], "assemblyId": "a"}', "names no files"),
        (b'{"billingPeriod": {"start": "20260101T000000.000Z"}, "reportKeys": ["../x.csv"], "assemblyId": "a"}', "outside"),
        (b'{"billingPeriod": {"start": "20260101T000000.000Z"}, "reportKeys": ["other/x.csv"], "assemblyId": "a"}', "outside"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused_by_name(content: bytes, reason: str) -> None:
    with pytest.raises(BillRefused, match=reason) as refusal:
        read_manifest(CUR_KEY, content)
    assert CUR_KEY in refusal.value.message


def test_old_versions_of_a_reports_manifest_do_not_count() -> None:
    assert find_kind(CUR_KEY) is not None
    assert find_kind("billing/20260101-20260201/1f2e/billing-Manifest.json") is None
