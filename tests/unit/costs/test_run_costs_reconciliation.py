"""Runs and idle time add up to the bill, on a real ledger and a real database, for bills and runs of any shape."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from assay.core import tenancy
from assay.core.clock import frozen
from assay.core.intervals import Interval
from assay.core.money import EXACT
from assay.costs.domain.charges import add_up
from assay.costs.models import ComputeUse, ResourceCost, RunCost
from assay.costs.selectors.engines.duckdb import open_engine
from assay.costs.selectors.lake import find_snapshot, scan_sql
from assay.costs.selectors.resources import resource_costs, spend_of_runs_by_day
from assay.costs.selectors.run_costs import held_interval
from assay.costs.services.allocation import allocate_import
from assay.costs.services.uses import refresh_run
from assay.tracking.domain.states import RunStatus
from assay.tracking.services import runs
from tests.breadth import examples
from tests.factories import focus
from tests.factories.bills import charge, import_bill
from tests.factories.holds import hold_machine
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

START = datetime(2026, 10, 30, tzinfo=UTC)
END = START + timedelta(days=4)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
FOREVER = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
MACHINES = ["i-00000001", "i-00000002", "vol-3"]

hours = st.integers(0, 4 * 24 - 1).map(lambda hour: START + timedelta(hours=hour))
minutes = st.integers(0, 4 * 24 * 60).map(lambda minute: START + timedelta(minutes=minute))
amounts = st.decimals(-(10**4), 10**6, places=15)
machines = st.sampled_from(MACHINES)
charges = st.builds(charge, st.sampled_from([*MACHINES, None]), hours, amounts)
days = st.builds(
    lambda resource_id, day, cost: charge(
        resource_id, day, cost, ChargePeriodEnd=(day + timedelta(days=1)).isoformat(), ChargeCategory="Adjustment"
    ),
    machines,
    st.integers(0, 3).map(lambda day: START + timedelta(days=day)),
    amounts,
)
bills = st.lists(st.one_of(charges, days), min_size=1, max_size=40)
claims = st.lists(
    st.tuples(
        machines, minutes, st.one_of(st.none(), st.integers(0, 3000)), st.sampled_from(["1", "0.5", "0.333333333", "nonsense"])
    ),
    min_size=1,
    max_size=8,
)
any_shape = settings(
    max_examples=examples(4, many=30),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


Held = tuple[str, str]
"""A machine and a billing period in which a run held it."""


def ask_ledger(organization_id: UUID, columns: str) -> list[tuple[Any, ...]]:
    """Aggregates over the whole ledger, grouped by what is not aggregated."""
    snapshot = find_snapshot(organization_id)
    assert snapshot is not None
    files = [file.address for file in snapshot.files]
    with open_engine() as connection:
        answer = connection.sql(f"SELECT {columns} FROM {scan_sql(files)} GROUP BY ALL").to_arrow_table()
    return [tuple(row.values()) for row in answer.to_pylist()]


def held_machines(organization_id: UUID) -> set[Held]:
    """Machines that a run held within the time for which a period charges."""
    extents = ask_ledger(organization_id, "billing_period, min(charge_period_start), max(charge_period_end)")
    return {
        (use.resource_id, period)
        for use in ComputeUse.objects.all()
        for period, start, end in extents
        if held_interval(use, at=NOW).overlap(Interval(start, end))
    }


def claim(organization_id: UUID, claimed: Sequence[tuple[str, datetime, int | None, str]]) -> list[UUID]:
    return [
        hold_machine(
            organization_id, machine, start, None if length is None else start + timedelta(minutes=length), share=share
        )
        for machine, start, length, share in claimed
    ]


def check(organization_id: UUID) -> None:
    """The tables say the same as the ledger: in all, by machine, by day, by run."""
    sums = ask_ledger(organization_id, "resource_id, billing_period, sum(effective_cost)")
    in_ledger = {(resource_id, period): total for resource_id, period, total in sums}
    rows = ResourceCost.objects.values_list("resource_id", "billing_period").annotate(Sum("total"), Sum("runs"), Sum("idle"))
    assert {row[:2] for row in rows} == held_machines(organization_id) & set(in_ledger)
    for resource_id, period, total, of_runs, idle in rows:
        assert total == in_ledger[resource_id, period]
        assert EXACT.add(of_runs, idle) == total
    views = resource_costs(organization_id, FOREVER)
    assert add_up([view.total for view in views]) == add_up([row[2] for row in rows])
    costs = dict(RunCost.objects.filter(kind="actual").values_list("resource_id").annotate(Sum("amount")))
    assert {view.resource_id: view.runs for view in views} == {view.resource_id: Decimal(0) for view in views} | costs
    by_day = spend_of_runs_by_day(organization_id, FOREVER)
    assert add_up([money.amount for day in by_day.values() for money in day]) == add_up([view.runs for view in views])


@given(bills, bills, claims)
@any_shape
def test_runs_and_idle_sum_to_the_ledger_and_are_restated_with_it(
    first: list[focus.Row], second: list[focus.Row], claimed: list[tuple[str, datetime, int | None, str]]
) -> None:
    assume(first != second)
    with frozen(NOW):
        ada = found_organization().id
        with tenancy.scope(ada):
            claim(ada, claimed)
        for bill in (first, second):
            delivery = import_bill(ada, bill)
            with tenancy.scope(ada):
                allocate_import(ada, delivery)
                check(ada)


@given(bills, claims)
@any_shape
def test_charging_when_runs_come_late_equals_charging_when_they_were_there(
    bill: list[focus.Row], claimed: list[tuple[str, datetime, int | None, str]]
) -> None:
    with frozen(NOW):
        early, late = found_organization().id, found_organization().id
        with tenancy.scope(early):
            before = claim(early, claimed)
        for organization_id in (early, late):
            delivery = import_bill(organization_id, bill)
            with tenancy.scope(organization_id):
                allocate_import(organization_id, delivery)
        with tenancy.scope(late):
            after = claim(late, claimed)
            check(late)
            found = [list(_costs(run)) for run in after]
            resources = resource_costs(late, FOREVER)
        with tenancy.scope(early):
            assert [list(_costs(run)) for run in before] == found
            assert resource_costs(early, FOREVER) == resources


def _costs(run_id: UUID) -> list[tuple[str, date | None, Decimal]]:
    rows = RunCost.objects.filter(run_id=run_id, kind="actual").order_by("billing_period", "charge_date")
    return list(rows.values_list("billing_period", "charge_date", "amount"))


def test_ending_a_run_frees_its_machine_and_the_sums_hold() -> None:
    with frozen(NOW):
        ada = found_organization().id
        with tenancy.scope(ada):
            [run, _] = claim(ada, [(MACHINES[0], START, None, "1"), (MACHINES[0], START, None, "0.5")])
        delivery = import_bill(ada, [charge(MACHINES[0], START + timedelta(hours=hour), "1.006") for hour in range(48)])
        with tenancy.scope(ada):
            allocate_import(ada, delivery)
            runs.update_run(ada, run, status=RunStatus.FINISHED, ended_at=START + timedelta(hours=1))
            refresh_run(ada, run)
            check(ada)
            [view] = resource_costs(ada, FOREVER)
    assert view.idle == Decimal("1.006") * 47 / 2
