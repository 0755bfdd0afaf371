"""Deliveries replace billing periods, whole, in the order of receipt, and once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.clock import frozen, now
from assay.core.errors import Invalid, NotFound, Unavailable
from assay.core.ids import new_id
from assay.costs.domain.imports import ImportState
from assay.costs.models import BillImport, BillPeriod
from assay.costs.selectors import imports as reading
from assay.costs.selectors.lake import charges_address, find_ledger, find_snapshot
from assay.costs.services import imports, lake
from assay.costs.services.uploads import ABANDONED_AFTER, find_upload
from tests.breadth import examples
from tests.factories import focus
from tests.factories.ledgers import deliver, read_ledger, sum_ledger
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

MONTHS = {month: (f"2026-{month:02}-01T00:00:00Z", f"2026-{month + 1:02}-01T00:00:00Z") for month in range(1, 7)}


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


def charge(month: int, cost: str) -> dict[str, str | None]:
    start, end = MONTHS[month]
    return focus.make_charge(cost, BillingPeriodStart=start, BillingPeriodEnd=end, ChargePeriodStart=start, ChargePeriodEnd=end)


def bill(*charges: tuple[int, str]) -> bytes:
    return focus.write_csv([charge(month, cost) for month, cost in charges])


def sums(organization: Organization) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for period, cost in read_ledger(organization.id, ["billing_period", "effective_cost"]):
        found[period] = found.get(period, Decimal(0)) + cost
    return found


def test_what_was_delivered_is_shown_with_its_sums(organization: Organization) -> None:
    delivered = deliver(organization.id, bill((1, "1.5"), (1, "-0.25"), (2, "3")), file_name="both.csv")
    assert (delivered.state, delivered.rows, delivered.currency) == (ImportState.IMPORTED, 3, "USD")
    assert delivered.billing_periods == ("2026-01", "2026-02")
    assert delivered.totals_by_period["2026-01"]["effective"] == Decimal("1.25")
    assert delivered.totals["billed"] == Decimal("4.25") == sum_ledger(organization.id, "billed_cost")
    assert all(invariant.ok for invariant in delivered.invariants)
    assert delivered.duration is not None


def test_the_same_file_again_changes_nothing(organization: Organization) -> None:
    first = deliver(organization.id, bill((1, "1.5"), (2, "3")))
    table = find_ledger(organization.id)
    again = deliver(organization.id, bill((1, "1.5"), (2, "3")), file_name="renamed.csv")
    assert again.state is ImportState.UNCHANGED
    assert (again.totals, again.rows, again.billing_periods) == (first.totals, first.rows, first.billing_periods)
    after = find_ledger(organization.id)
    assert table is not None
    assert after is not None
    assert after.version() == table.version()


def test_a_period_is_replaced_and_the_others_stay(organization: Organization) -> None:
    deliver(organization.id, bill((1, "1"), (2, "2")))
    deliver(organization.id, bill((2, "20"), (3, "30")))
    assert sums(organization) == {"2026-01": Decimal(1), "2026-02": Decimal(20), "2026-03": Decimal(30)}
    deliver(organization.id, bill((2, "200")), source_name="gcp")
    assert sums(organization)["2026-02"] == Decimal(220)


def test_an_older_file_delivered_again_replaces_the_newer_one(organization: Organization) -> None:
    older, newer = bill((1, "1")), bill((1, "2"))
    assert [deliver(organization.id, content).state for content in (older, newer, older)] == [ImportState.IMPORTED] * 3
    assert sums(organization) == {"2026-01": Decimal(1)}


def test_a_file_is_not_unchanged_when_one_of_its_periods_was_replaced(organization: Organization) -> None:
    both = bill((1, "1"), (2, "2"))
    deliver(organization.id, both)
    deliver(organization.id, bill((2, "5")))
    assert deliver(organization.id, both).state is ImportState.IMPORTED
    assert sums(organization) == {"2026-01": Decimal(1), "2026-02": Decimal(2)}


def test_a_file_is_imported_again_when_the_ledger_was_lost(organization: Organization) -> None:
    deliver(organization.id, bill((1, "1")))
    charges = Path(charges_address(organization.id))
    charges.rename(charges.with_name("lost"))
    assert deliver(organization.id, bill((1, "1"))).state is ImportState.IMPORTED
    assert sums(organization) == {"2026-01": Decimal(1)}


@given(
    deliveries=st.lists(
        st.dictionaries(st.sampled_from(sorted(MONTHS)), st.integers(-9, 9), min_size=1), min_size=1, max_size=5
    )
)
@settings(max_examples=examples(2, many=30), deadline=None)
def test_the_ledger_holds_the_last_delivery_of_each_period(deliveries: Sequence[dict[int, int]]) -> None:
    organization = found_organization()
    expected: dict[str, Decimal] = {}
    for delivery in deliveries:
        deliver(organization.id, bill(*((month, str(cost)) for month, cost in delivery.items())))
        expected |= {f"2026-{month:02}": Decimal(cost) for month, cost in delivery.items()}
    assert sums(organization) == expected
    with tenancy.scope(organization.id):
        assert {period.billing_period for period in BillPeriod.objects.all()} == set(expected)


def _restate(months: Sequence[int]) -> list[tuple[object, ...]]:
    """The ledger after one restatement per month, in this order."""
    organization = found_organization()
    deliver(organization.id, bill((1, "1"), (2, "2"), (3, "3"), (4, "4")))
    for month in months:
        deliver(organization.id, bill((month, f"{month}0.5"), (month, "0.125")))
    return read_ledger(organization.id)


def test_restatements_in_any_order_end_in_the_same_ledger() -> None:
    in_order = _restate([1, 2, 3, 4])
    assert len(in_order) == 8
    for months in ([4, 3, 2, 1], [2, 4, 1, 3], [1, 4, 4, 3, 2], [3, 1, 2, 1, 4]):
        assert _restate(months) == in_order


def test_waiting_files_are_imported_in_the_order_of_receipt(organization: Organization) -> None:
    for cost in ("1", "2", "3"):
        imports.receive_bill(organization.id, source_name="aws", file_name="bill.csv", chunks=[bill((1, cost))])
    imports.import_bills(organization.id)
    assert sums(organization) == {"2026-01": Decimal(3)}
    with tenancy.scope(organization.id):
        assert [view.state for view in reading.list_imports(organization.id)] == [ImportState.IMPORTED] * 3


def test_other_readers_of_delta_see_the_same_amounts(organization: Organization) -> None:
    deliver(organization.id, bill((1, "1.000000000000001"), (2, "-2")))
    table = find_ledger(organization.id)
    assert table is not None
    rows = table.to_pyarrow_table().to_pylist()
    assert {(row["billing_period"], row["effective_cost"]) for row in rows} == {
        ("2026-01", Decimal("1.000000000000001")),
        ("2026-02", Decimal(-2)),
    }
    assert table.history(1)[0]["assay.digest"]


def test_the_ledger_tells_its_files(organization: Organization) -> None:
    assert find_snapshot(organization.id) is None
    first = deliver(organization.id, bill((1, "1"), (2, "2"), (2, "3")))
    second = deliver(organization.id, bill((1, "4")))
    snapshot = find_snapshot(organization.id)
    assert snapshot is not None
    told = sorted((file.billing_period, file.import_id, file.rows, file.first_day, file.last_day) for file in snapshot.files)
    assert told == [
        ("2026-01", second.id, 1, date(2026, 1, 1), date(2026, 1, 1)),
        ("2026-02", first.id, 2, date(2026, 2, 1), date(2026, 2, 1)),
    ]
    assert {file.source_id for file in snapshot.files} == {first.source_id}
    assert [file.import_id for file in snapshot.files_of(first.source_id, "2026-02")] == [first.id]


def test_a_period_says_how_much_it_holds_and_how_far_it_reaches(organization: Organization) -> None:
    deliver(organization.id, bill((1, "1"), (2, "2"), (2, "3")))
    with tenancy.scope(organization.id):
        held = {period.billing_period: period for period in BillPeriod.objects.select_related("bill_import")}
        assert {name: period.rows for name, period in held.items()} == {"2026-01": 1, "2026-02": 2}
        assert held["2026-02"].charged_until == datetime(2026, 3, 1, tzinfo=UTC)
        assert held["2026-02"].issued_at == held["2026-02"].bill_import.issued_at


def test_replaced_files_are_deleted_a_day_later(organization: Organization) -> None:
    deliver(organization.id, bill((1, "1")))
    before = find_snapshot(organization.id)
    assert before is not None
    [old] = before.files
    deliver(organization.id, bill((1, "2")))
    lake.drop_replaced_files(organization.id)
    assert Path(old.address).exists()
    table = find_ledger(organization.id)
    assert table is not None
    removed = table.vacuum(retention_hours=0, dry_run=True, enforce_retention_duration=False, full=True)
    assert [Path(name).name for name in removed] == [Path(old.address).name]


def test_rules_of_focus_are_checked_over_all_rows(organization: Organization) -> None:
    charges = [
        focus.make_charge("2", ListUnitPrice="2", PricingQuantity="1"),
        focus.make_charge("2", ListUnitPrice="3", PricingQuantity="1"),
        focus.make_charge("2", ListUnitPrice="3", PricingQuantity="1", ChargeClass="Correction"),
        focus.make_charge("5", ChargeCategory="Purchase", CommitmentDiscountId="sp-1", EffectiveCost="5"),
        focus.make_charge("5", CommitmentDiscountStatus="Used", BilledCost="0", ContractedCost=None),
    ]
    delivered = deliver(organization.id, focus.write_csv(charges))
    broken = {invariant.name: invariant.detail for invariant in delivered.invariants if not invariant.ok}
    assert broken == {
        "ListCost = ListUnitPrice × PricingQuantity": "Rows it applies to: 2; rows that differ: 1.",
        "EffectiveCost = 0 for purchases that cover other charges": "Rows it applies to: 1; rows that differ: 1.",
        "ContractedCost is given": "Rows it applies to: 5; rows that differ: 1.",
    }


def test_nothing_is_kept_of_a_stream_that_breaks_off(organization: Organization) -> None:
    def broken() -> Iterator[bytes]:
        yield b"BilledCost"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        imports.receive_bill(organization.id, source_name="aws", file_name="bill.csv", chunks=broken())
    assert not list(find_upload(organization.id.hex).glob("*"))
    with tenancy.scope(organization.id):
        assert reading.list_imports(organization.id) == []


def test_a_full_disk_is_said(organization: Organization) -> None:
    def full() -> Iterator[bytes]:
        raise OSError(28, "No space left on device")
        yield b""

    with pytest.raises(Unavailable, match="no room"):
        imports.receive_bill(organization.id, source_name="aws", file_name="bill.csv", chunks=full())


@pytest.mark.parametrize(("source_name", "file_name"), [("", "a.csv"), ("x" * 201, "a.csv"), ("aws", " "), ("aws", "a\nb.csv")])
def test_unusable_names_are_refused(organization: Organization, source_name: str, file_name: str) -> None:
    with pytest.raises(Invalid):
        imports.receive_bill(organization.id, source_name=source_name, file_name=file_name, chunks=[b"x"])


def test_a_stranger_finds_no_import(organization: Organization) -> None:
    delivered = deliver(organization.id, bill((1, "1")))
    eve = found_organization(owner_email="eve@example.com")
    with tenancy.scope(eve.id):
        assert reading.list_imports(eve.id) == []
        with pytest.raises(NotFound):
            reading.get_import(eve.id, delivered.id)
    assert read_ledger(eve.id) == []


def test_pages_of_imports_follow_one_another(organization: Organization) -> None:
    with tenancy.scope(organization.id):
        for cost in "12345":
            imports.receive_bill(organization.id, source_name="aws", file_name=f"{cost}.csv", chunks=[bill((1, cost))])
        first = reading.list_imports(organization.id, limit=2)
        second = reading.list_imports(organization.id, limit=2, before=first[-1].id)
        assert [view.file_name for view in (*first, *second)] == ["5.csv", "4.csv", "3.csv", "2.csv"]
        with pytest.raises(Invalid):
            reading.list_imports(organization.id, limit=0)


def test_abandoned_uploads_are_removed_and_waiting_ones_stay(organization: Organization) -> None:
    folder = find_upload(organization.id.hex)
    folder.mkdir(parents=True)
    (folder / new_id().hex).write_bytes(b"never acknowledged")
    waiting = imports.receive_bill(organization.id, source_name="aws", file_name="bill.csv", chunks=[bill((1, "1"))])
    with frozen(now() + ABANDONED_AFTER + timedelta(hours=1)):
        with tenancy.scope(organization.id):
            BillImport.objects.filter(id=waiting.id).update(state=ImportState.IMPORTING)
        deliver(organization.id, bill((2, "2")))
    assert list(folder.iterdir()) == []
