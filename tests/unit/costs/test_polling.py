"""A place is looked at, what lies there becomes deliveries once, and exactly the manifest's files are read."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from assay.core import tenancy
from assay.core.clock import frozen, now
from assay.costs.domain.deliveries import SETTLED_AFTER, WAITS_AT_MOST
from assay.costs.domain.imports import ImportState
from assay.costs.models import BillImport, BillingSource, BillPeriod
from assay.costs.selectors.sources import get_source
from assay.costs.services import imports, polling
from tests.factories.deliveries import EXPORT, bill_of, cur_report, data_export, lay, poll_and_import, put
from tests.factories.ledgers import read_ledger, sum_ledger

pytestmark = pytest.mark.django_db

T0 = datetime(2026, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def look(source: BillingSource) -> BillingSource:
    with tenancy.scope(source.organization_id):
        return BillingSource.objects.get(id=source.id)


def states(source: BillingSource) -> list[ImportState]:
    return [one.state for one in poll_and_import(source)]


def test_a_data_export_is_taken_by_its_manifest_alone(source: BillingSource, exports: Path) -> None:
    put(exports / f"{EXPORT}/data/BILLING_PERIOD=2026-01/left-over.csv", bill_of("2026-01", "999"))
    files = {"a.csv": bill_of("2026-01", "1"), "b.csv": bill_of("2026-01", "2", "3")}
    lay(exports, data_export(files, month="2026-01", execution="e1"))
    [found] = poll_and_import(source)
    assert (found.state, found.rows, found.message) == (ImportState.IMPORTED, 3, "")
    assert found.file_name == f"{EXPORT}-Manifest.json"
    assert sum_ledger(source.organization_id) == Decimal(6)
    assert not any("No manifest" in line for line in found.log)


def test_a_legacy_report_is_taken_by_the_manifest_of_its_period(source: BillingSource, exports: Path) -> None:
    lay(exports, cur_report({"1.csv": bill_of("2026-01", "1")}, month="2026-01", assembly="a1", new_folder=True), at=T0)
    lay(exports, cur_report({"1.csv": bill_of("2026-01", "2")}, month="2026-01", assembly="a2", new_folder=True), at=T0 + DAY)
    [found] = poll_and_import(source)
    assert found.state is ImportState.IMPORTED
    assert sum_ledger(source.organization_id) == Decimal(2)


def test_without_a_manifest_a_directory_is_taken_once_it_is_quiet_and_says_so(source: BillingSource, exports: Path) -> None:
    put(exports / "january.csv", bill_of("2026-01", "1"))
    put(exports / "february.csv", bill_of("2026-02", "2"))
    put(exports / "notes.txt", b"not a bill")
    assert poll_and_import(source) == []
    with frozen(now() + SETTLED_AFTER + timedelta(seconds=1)):
        [found] = poll_and_import(source)
        assert poll_and_import(source) == [found]
    assert (found.state, found.file_name) == (ImportState.IMPORTED, "2 files")
    assert found.log[0] == "No manifest: took these 2 files: february.csv, january.csv."


def test_the_same_manifest_again_makes_no_second_delivery(source: BillingSource, exports: Path) -> None:
    delivery = data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1")
    lay(exports, delivery, at=T0)
    assert states(source) == [ImportState.IMPORTED]
    lay(exports, delivery, at=T0 + DAY)
    assert states(source) == [ImportState.IMPORTED]


def test_a_file_that_the_manifest_names_twice_is_taken_once(source: BillingSource, exports: Path) -> None:
    name = f"s3://bills/exports/{EXPORT}/data/BILLING_PERIOD=2026-01/a.csv"
    lay(exports, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1", named=[name]))
    assert states(source) == [ImportState.IMPORTED]
    assert sum_ledger(source.organization_id) == Decimal(1)


def test_a_newer_content_that_is_the_same_counts_as_newer(source: BillingSource, exports: Path) -> None:
    """So that what lies between the two cannot replace it later."""
    same, other = bill_of("2026-01", "1"), bill_of("2026-01", "7")
    for execution, content, day in (("e1", same, 0), ("e3", same, 2), ("e2", other, 1)):
        lay(
            exports,
            data_export({"a.csv": content}, month="2026-01", execution=execution, new_folder=execution),
            at=T0 + day * DAY,
        )
        found = poll_and_import(source)
    assert [one.state for one in found] == [ImportState.IMPORTED, ImportState.UNCHANGED, ImportState.SUPERSEDED]
    assert sum_ledger(source.organization_id) == Decimal(1)


def test_of_many_executions_only_the_newest_is_read(source: BillingSource, exports: Path) -> None:
    for day in range(5):
        delivery = data_export(
            {"a.csv": bill_of("2026-01", str(day))}, month="2026-01", execution=f"e{day}", new_folder=f"e{day}"
        )
        lay(exports, delivery, at=T0 + day * DAY)
    assert states(source) == [ImportState.SUPERSEDED] * 4 + [ImportState.IMPORTED]
    assert read_ledger(source.organization_id, ["effective_cost"]) == [(Decimal(4),)]


def test_an_incomplete_delivery_waits_for_its_file(source: BillingSource, exports: Path) -> None:
    delivery = data_export(
        {"a.csv": bill_of("2026-01", "1"), "b.csv": bill_of("2026-01", "2")}, month="2026-01", execution="e1"
    )
    late = next(key for key in delivery if key.endswith("b.csv"))
    lay(exports, {key: content for key, content in delivery.items() if key != late})
    [found] = poll_and_import(source)
    assert found.state is ImportState.INCOMPLETE
    assert "b.csv" in found.message
    assert read_ledger(source.organization_id) == []
    put(exports / late, delivery[late])
    assert states(source) == [ImportState.IMPORTED]
    assert sum_ledger(source.organization_id) == Decimal(3)


def test_a_file_that_never_comes_is_refused_in_the_end(source: BillingSource, exports: Path) -> None:
    lay(exports, data_export({}, month="2026-01", execution="e1", named=[f"s3://bills/{EXPORT}/data/a.csv"]))
    assert states(source) == [ImportState.INCOMPLETE]
    with frozen(now() + WAITS_AT_MOST + timedelta(minutes=1)):
        [found] = poll_and_import(source)
    assert found.state is ImportState.REFUSED
    assert "did not come for 72 hours" in found.message


def test_a_refused_delivery_is_read_again_when_its_files_are_mended(source: BillingSource, exports: Path) -> None:
    delivery = data_export({"a.csv": b"BilledCost\nten\n"}, month="2026-01", execution="e1")
    lay(exports, delivery)
    assert states(source) == [ImportState.REFUSED]
    assert states(source) == [ImportState.REFUSED]
    put(exports / next(iter(delivery)), bill_of("2026-01", "1"))
    assert states(source) == [ImportState.IMPORTED]


def test_files_of_another_period_than_the_manifest_are_refused(source: BillingSource, exports: Path) -> None:
    lay(exports, data_export({"a.csv": bill_of("2026-02", "1")}, month="2026-01", execution="e1"))
    [found] = poll_and_import(source)
    assert found.state is ImportState.REFUSED
    assert "the manifest is of 2026-01, its files are of 2026-02" in found.message


def test_a_manifest_never_names_a_file_outside_of_its_export(source: BillingSource, exports: Path) -> None:
    put(exports.parent / "secret.csv", bill_of("2026-01", "1"))
    lay(exports, data_export({}, month="2026-01", execution="e1", named=[f"s3://b/{EXPORT}/../../secret.csv"]))
    assert poll_and_import(source) == []
    assert "lies outside of the export" in look(source).poll_message


def test_several_exports_in_one_place_are_refused(source: BillingSource, exports: Path) -> None:
    lay(exports, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1"))
    lay(exports, cur_report({"a.csv": bill_of("2026-01", "1")}, month="2026-01", assembly="a1"))
    assert poll_and_import(source) == []
    assert "several exports" in look(source).poll_message


def test_a_place_that_is_gone_is_said_and_looked_at_again(source: BillingSource, exports: Path) -> None:
    exports.rmdir()
    poll_and_import(source)
    failing = look(source)
    assert "does not exist" in failing.poll_message
    assert failing.next_poll_at is not None
    assert failing.next_poll_at > now()
    exports.mkdir()
    poll_and_import(source)
    assert look(source).poll_message == ""


def test_a_delivery_that_was_overwritten_before_it_was_read_gives_way_to_the_newer(
    source: BillingSource, exports: Path
) -> None:
    lay(exports, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1"), at=T0)
    polling.poll_source(source.organization_id, source.id)
    lay(exports, data_export({"a.csv": bill_of("2026-01", "2")}, month="2026-01", execution="e2"), at=T0 + DAY)
    imports.import_bills(source.organization_id)
    assert states(source) == [ImportState.SUPERSEDED, ImportState.IMPORTED]
    assert sum_ledger(source.organization_id) == Decimal(2)


def test_a_manifest_that_changes_while_its_files_are_read_starts_the_import_over(
    source: BillingSource, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.costs.connectors.folder import FolderPlace

    fetch = FolderPlace.fetch
    lay(exports, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1"), at=T0)

    def overwrite(place: FolderPlace, key: str, *, etag: str, to: Path) -> str:
        digest = fetch(place, key, etag=etag, to=to)
        monkeypatch.setattr(FolderPlace, "fetch", fetch)
        lay(exports, data_export({"a.csv": bill_of("2026-01", "2")}, month="2026-01", execution="e2"), at=T0 + DAY)
        return digest

    monkeypatch.setattr(FolderPlace, "fetch", overwrite)
    assert states(source) == [ImportState.SUPERSEDED]
    assert read_ledger(source.organization_id) == []
    assert states(source) == [ImportState.SUPERSEDED, ImportState.IMPORTED]
    assert sum_ledger(source.organization_id) == Decimal(2)


def test_a_source_is_polled_by_one_process_when_its_time_has_come(source: BillingSource, exports: Path) -> None:
    lay(exports, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1"))
    with tenancy.scope(source.organization_id):
        BillingSource.objects.filter(id=source.id).update(poll_lease_until=now() + timedelta(minutes=5))
    polling.poll_source(source.organization_id, source.id)
    with tenancy.scope(source.organization_id):
        assert not BillImport.objects.exists()
    with frozen(now() + timedelta(minutes=6)):
        polling.poll_source(source.organization_id, source.id)
        polled = look(source)
        assert (polled.poll_lease_until, polled.polled_at) == (None, now())
        assert polled.next_poll_at == now() + timedelta(minutes=60)
    with tenancy.scope(source.organization_id):
        assert BillImport.objects.count() == 1


def test_what_a_restatement_changed_is_on_the_delivery(source: BillingSource, exports: Path) -> None:
    for execution, cost, day in (("e1", "5", 0), ("e2", "3.5", 1)):
        lay(exports, data_export({"a.csv": bill_of("2026-01", cost)}, month="2026-01", execution=execution), at=T0 + day * DAY)
        poll_and_import(source)
    with tenancy.scope(source.organization_id):
        [first, second] = BillImport.objects.order_by("id")
        held = BillPeriod.objects.get()
    assert Decimal(first.changes["2026-01"]["billed"]) == Decimal(5)
    assert Decimal(second.changes["2026-01"]["billed"]) == Decimal("-1.5")
    assert (held.bill_import_id, held.identity, held.issued_at) == (second.id, "2026-01 e2", T0 + DAY)
    assert set(second.timings) == {"fetch", "convert", "sums", "commit"}


def test_a_source_whose_latest_delivery_of_a_month_was_refused_is_failing(source: BillingSource, exports: Path) -> None:
    for execution, content, day in (("e1", bill_of("2026-01", "1"), 0), ("e2", b"BilledCost\nten\n", 1)):
        lay(exports, data_export({"a.csv": content}, month="2026-01", execution=execution), at=T0 + day * DAY)
        poll_and_import(source)
    with tenancy.scope(source.organization_id):
        view = get_source(source.organization_id, source.id)
    assert (view.state, view.refused_periods) == ("failing", ("2026-01",))
    assert sum_ledger(source.organization_id) == Decimal(1)
