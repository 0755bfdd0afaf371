"""Two ledgers have one hash exactly when they hold the same charges."""

import pytest

from assay.costs.selectors.ledger_hash import ledger_hash
from tests.factories import focus
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

ONE, TWO = focus.make_charge("1"), focus.make_charge("2", ServiceName="S3")


def test_the_hash_knows_neither_order_nor_delivery_nor_source() -> None:
    ada, eve = found_organization(), found_organization()
    assert ledger_hash(ada.id) == {}
    deliver(ada.id, focus.write_csv([ONE, TWO, TWO]))
    deliver(eve.id, focus.write_csv([TWO]), source_name="other")
    deliver(eve.id, focus.write_parquet([ONE]), source_name="late", file_name="bill.parquet")
    assert ledger_hash(ada.id) != ledger_hash(eve.id)
    deliver(eve.id, focus.write_csv([TWO, ONE, TWO]), source_name="other")
    deliver(eve.id, focus.write_csv([charge_of_february()]), source_name="late")
    assert ledger_hash(ada.id)["2026-01"].rows == 3
    assert set(ledger_hash(eve.id)) == {"2026-01", "2026-02"}


def charge_of_february() -> focus.Row:
    times = {"BillingPeriodStart": "2026-02-01T00:00:00Z", "BillingPeriodEnd": "2026-03-01T00:00:00Z"}
    return focus.make_charge("1", ChargePeriodStart="2026-02-02T00:00:00Z", ChargePeriodEnd="2026-02-02T01:00:00Z", **times)


def test_the_same_charges_have_the_same_hash_from_any_source() -> None:
    ada, eve = found_organization(), found_organization()
    deliver(ada.id, focus.write_csv([ONE, TWO]))
    deliver(eve.id, focus.write_csv([TWO]), source_name="one")
    deliver(eve.id, focus.write_csv([ONE]), source_name="two")
    assert ledger_hash(ada.id) == ledger_hash(eve.id)


@pytest.mark.parametrize("column", ["EffectiveCost", "ResourceId", "Tags", "x_Project"])
def test_any_column_changes_the_hash(column: str) -> None:
    ada, eve = found_organization(), found_organization()
    columns = [*focus.VERSION_1_2, "x_Project"]
    deliver(ada.id, focus.write_csv([ONE], columns=columns))
    value = '{"team":"other"}' if column == "Tags" else "7"
    deliver(eve.id, focus.write_csv([{**ONE, column: value}], columns=columns))
    assert ledger_hash(ada.id)["2026-01"].rows == ledger_hash(eve.id)["2026-01"].rows == 1
    assert ledger_hash(ada.id) != ledger_hash(eve.id)


def test_nothing_and_empty_text_and_neighbouring_columns_are_told_apart() -> None:
    ada, eve = found_organization(), found_organization()
    deliver(ada.id, focus.write_csv([focus.make_charge("1", RegionId="ab", RegionName="c")]))
    deliver(eve.id, focus.write_csv([focus.make_charge("1", RegionId="a", RegionName="bc")]))
    assert ledger_hash(ada.id) != ledger_hash(eve.id)
