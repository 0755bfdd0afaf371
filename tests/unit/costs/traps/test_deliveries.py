"""Traps of reissued, late and partial deliveries."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from assay.costs.domain.imports import ImportState
from assay.costs.models import BillingSource
from tests.factories import focus
from tests.factories.deliveries import bill_of, charge_of, cur_report, data_export, lay, poll_and_import, put
from tests.factories.ledgers import hash_ledger, read_ledger

pytestmark = pytest.mark.django_db

T0 = datetime(2026, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def costs(source: BillingSource) -> list[Decimal]:
    return sorted(cost for (cost,) in read_ledger(source.organization_id, ["billed_cost"]))


def test_trap_23_a_closed_month_reopens_and_is_replaced_whole(source: BillingSource, exports: Path) -> None:
    for day, month, cost in ((0, "2026-01", "10"), (20, "2026-02", "5"), (45, "2026-01", "8")):
        delivery = data_export({"a.csv": bill_of(month, cost, "-1")}, month=month, execution=f"e{day}")
        lay(exports, delivery, at=T0 + day * DAY)
        found = poll_and_import(source)
    assert costs(source) == [Decimal(-1), Decimal(-1), Decimal(5), Decimal(8)]
    assert found[-1].state is ImportState.IMPORTED


def test_trap_26_what_lies_beside_the_manifests_files_is_never_read(source: BillingSource, exports: Path) -> None:
    """An old assembly and the new one lie side by side; together they would be charged twice."""
    for day, assembly in enumerate(("a1", "a2")):
        report = cur_report({"1.csv": bill_of("2026-01", "10")}, month="2026-01", assembly=assembly, new_folder=True)
        lay(exports, report, at=T0 + day * DAY)
    put(exports / "billing/20260101-20260201/left-over.csv", bill_of("2026-01", "10"))
    assert len(poll_and_import(source)) == 1
    assert costs(source) == [Decimal(10)]


def test_trap_27_creating_new_versions_and_overwriting_end_in_the_same_ledger(source: BillingSource, exports: Path) -> None:
    hashes = []
    for mode, start in (("create", 0), ("overwrite", 10)):
        for day in range(start, start + 3):
            delivery = data_export(
                {f"{day % 2}.csv": bill_of("2026-01", f"{day % 10}.5")},
                month="2026-01", execution=f"e{day}", new_folder=f"e{day}" if mode == "create" else "",
            )  # fmt: skip
            lay(exports, delivery, at=T0 + day * DAY)
            poll_and_import(source)
        hashes.append(hash_ledger(source.organization_id))
        assert costs(source) == [Decimal("2.5")]
    assert hashes[0] == hashes[1]


def test_trap_30_a_partial_delivery_is_never_visible(source: BillingSource, exports: Path) -> None:
    lay(exports, data_export({"a.csv": bill_of("2026-01", "10")}, month="2026-01", execution="e0"), at=T0)
    poll_and_import(source)
    before = hash_ledger(source.organization_id)
    files = {"a.csv": bill_of("2026-01", "7"), "b.csv": bill_of("2026-01", "8")}
    delivery = data_export(files, month="2026-01", execution="e1", new_folder="e1")
    late = next(key for key in delivery if key.endswith("b.csv"))
    lay(exports, {key: content for key, content in delivery.items() if key != late}, at=T0 + DAY)
    assert poll_and_import(source)[-1].state is ImportState.INCOMPLETE
    assert hash_ledger(source.organization_id) == before
    put(exports / late, delivery[late], at=T0 + DAY)
    assert poll_and_import(source)[-1].state is ImportState.IMPORTED
    assert costs(source) == [Decimal(7), Decimal(8)]


def test_trap_34_a_period_is_replaced_and_never_merged_by_line_item_id(source: BillingSource, exports: Path) -> None:
    """The same id stands for another charge in the next version, and one charge has another id there."""
    versions = ([("1", "a"), ("2", "b"), ("3", "c")], [("3", "a"), ("4", "a"), ("1", "z")])
    for day, charges in enumerate(versions):
        rows = [charge_of("2026-01", cost, x_LineItemId=name) for cost, name in charges]
        content = focus.write_csv(rows, columns=[*focus.VERSION_1_2, "x_LineItemId"])
        lay(exports, data_export({"a.csv": content}, month="2026-01", execution=f"e{day}"), at=T0 + day * DAY)
        poll_and_import(source)
    assert costs(source) == [Decimal(1), Decimal(3), Decimal(4)]
