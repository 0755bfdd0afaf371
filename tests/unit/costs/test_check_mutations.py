"""Sixty bills that are each wrong in one place: the checks find at least 59."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from random import Random

import pyarrow as pa
import pytest

from assay.costs.domain.questions import Question
from assay.costs.selectors.checks.asking import ROW_RULES
from assay.costs.selectors.checks.repeats import repeated_charges
from assay.costs.selectors.checks.rules import count_rows
from assay.costs.selectors.checks.sums import SUMS
from assay.costs.selectors.engines.duckdb import DuckDBSession, open_engine
from assay.costs.selectors.lake import fetch_files, find_snapshot, scan_sql
from assay.costs.selectors.rollups import charges_table
from tests.factories import checked_bills as good
from tests.factories import focus
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

USE, PAID, USED, REST = good.ON_DEMAND, good.PLAN_FEE, good.PLAN_USED, good.PLAN_UNUSED
CORRUPTIONS: tuple[tuple[str, str, str], ...] = (
    *((USE, cost, f"10 * {cost}") for cost in ("billed_cost", "effective_cost", "contracted_cost", "list_cost")),
    *((USE, cost, f"-{cost}") for cost in ("billed_cost", "effective_cost", "contracted_cost", "list_cost")),
    *((USE, cost, "0") for cost in ("effective_cost", "list_cost")),
    (USE, "list_cost", "NULL"),
    (USE, "list_unit_price", "list_unit_price / 10"),
    (USE, "contracted_unit_price", "list_unit_price"),
    (USE, "pricing_quantity", "2"),
    (USE, "consumed_quantity", "3600"),
    (USE, "consumed_unit", "NULL"),
    (USE, "billing_currency", "'Dollar'"),
    (USE, "billing_account_id", "NULL"),
    (USE, "billing_account_name", "'Somebody'"),
    (USE, "sub_account_name", "'Web'"),
    (USE, "invoice_id", "NULL"),
    (USE, "invoice_issuer_name", "''"),
    (USE, "service_category", "'Storage'"),
    (USE, "service_subcategory", "'Object Storage'"),
    (USE, "service_name", "NULL"),
    (USE, "charge_category", "'Tax'"),
    (USE, "charge_category", "'Purchase'"),
    (USE, "charge_class", "'Correction'"),
    (USE, "charge_frequency", "'Hourly'"),
    (USE, "pricing_category", "'Committed'"),
    (USE, "pricing_currency_effective_cost", "1"),
    (USE, "region_name", "'Oregon'"),
    (USE, "region_id", "'us-west-2'"),
    (USE, "sku_id", "'sku-other'"),
    (USE, "sku_price_details", "'m5.large'"),
    (USE, "charge_period_start", "TIMESTAMPTZ '2026-02-05 00:00:00Z'"),
    (USE, "billing_period_end", "billing_period_start"),
    (USE, "commitment_discount_status", "'Used'"),
    (USE, "resource_id", "NULL"),
    (good.SPOT, "capacity_reservation_id", "NULL"),
    (USED, "commitment_discount_id", "NULL"),
    (USED, "commitment_discount_status", "NULL"),
    (USED, "commitment_discount_type", "NULL"),
    (USED, "billed_cost", "effective_cost"),
    (USED, "effective_cost", "effective_cost / 2"),
    (USED, "effective_cost", "effective_cost + 1"),
    (REST, "resource_id", "'i-1'"),
    (REST, "consumed_quantity", "1"),
    (REST, "commitment_discount_status", "'Used'"),
    (PAID, "effective_cost", "billed_cost"),
    (PAID, "billed_cost", "billed_cost * 2"),
    (PAID, "commitment_discount_id", "NULL"),
    (good.RESERVED_FEE, "billed_cost", "3"),
    (good.TAX, "effective_cost", "0"),
    (good.TAX, "billed_cost", "1000"),
    (good.CREDIT, "list_cost", "0"),
)
"""Kind of charge, column, and SQL of what stands there in one such charge."""
LEFT_OUT, TWICE = ("plan unused", "plan fee"), ("on demand", "storage")
"""Kinds of which one charge is not there, and of which one is there twice."""
SEED = 7


def test_at_least_59_of_60_corruptions_are_found() -> None:
    bills, told = make_bills()
    assert len(told) == 60
    found = find_broken(bills)
    assert found.pop("good", set()) == set()
    missed = [told[name] for name in told if not found.get(name)]
    assert len(missed) <= 1, missed


def make_bills() -> tuple[pa.Table, Mapping[str, str]]:
    """The good bill and the sixty bad ones, each a source of its own; what is wrong with each."""
    organization = found_organization()
    deliver(organization.id, focus.write_csv(good.make_bill()))
    snapshot = find_snapshot(organization.id)
    assert snapshot is not None
    choice = Random(SEED)
    selects, told = ["SELECT * REPLACE ('good' AS source_id) FROM bill"], {}

    def add(what: str, sql: str) -> None:
        name = f"bad-{len(told)}"
        selects.append(sql.format(name=f"'{name}' AS source_id"))
        told[name] = what

    with open_engine() as connection:
        numbered = "row_number() OVER (PARTITION BY charge_description ORDER BY charge_period_start) AS place"
        connection.execute(f"CREATE TABLE bill AS SELECT *, {numbered} FROM {scan_sql(fetch_files(snapshot.files))}")
        counts = dict(connection.execute("SELECT charge_description, count(*) FROM bill GROUP BY 1").fetchall())

        def victim(kind: str) -> str:
            return f"charge_description = '{kind}' AND place = {choice.randint(1, counts[kind])}"

        for kind, column, value in CORRUPTIONS:
            changed = f"CASE WHEN {victim(kind)} THEN {value} ELSE {column} END AS {column}"
            add(f"{kind}: {column} is {value}", f"SELECT * REPLACE ({{name}}, {changed}) FROM bill")
        for kind in LEFT_OUT:
            add(f"{kind} is left out", f"SELECT * REPLACE ({{name}}) FROM bill WHERE NOT ({victim(kind)})")
        for kind in TWICE:
            add(
                f"{kind} is there twice",
                "SELECT * REPLACE ({name}) FROM (FROM bill UNION ALL FROM bill WHERE " + victim(kind) + ")",
            )
        columns = ", ".join(charges_table().columns)
        beside = "1::BIGINT AS charge_count, false AS covers_others"
        sql = f"SELECT {columns} FROM (SELECT *, {beside} FROM ({' UNION ALL '.join(selects)}))"
        return connection.sql(sql).to_arrow_table(), told


def find_broken(bills: pa.Table) -> dict[str, set[str]]:
    """Source → names of the checks that it breaks."""
    charges = charges_table()
    found: dict[str, set[str]] = defaultdict(set)
    with duckdb_session(bills) as session:
        for row in session.ask(Question.CHECKED_CHARGES, count_rows(charges, ROW_RULES, by=["source_id"])).to_pylist():
            found[row["source_id"]] |= {rule.check.name for i, rule in enumerate(ROW_RULES) if row[f"failing_{i}"]}
        for rule in SUMS:
            if "source_id" in rule.keys:
                groups = rule.groups(charges)
                for row in session.ask(Question.FAILING_SUMS, groups.filter(groups.broken)).to_pylist():
                    found[row["source_id"]].add(rule.check.name)
        year = (date(2025, 1, 1), date(2026, 12, 31))
        for row in session.ask(Question.FAILING_SUMS, repeated_charges(charges, *year)).to_pylist():
            found[row["source_id"]].add("repeats")
    return found


@contextmanager
def duckdb_session(bills: pa.Table) -> Iterator[DuckDBSession]:
    with open_engine() as connection:
        session = DuckDBSession(connection)
        session.define("charges", bills)
        yield session
