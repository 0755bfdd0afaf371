"""Dollars of runs on a real ledger: estimate, actual, restated, shared, absent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from assay.core import tenancy
from assay.core.clock import frozen
from assay.core.ids import new_id
from assay.core.money import Money
from assay.costs.models import ComputeUse, RunCost
from assay.costs.selectors.figures import experiment_costs
from assay.costs.selectors.run_costs import costs_of_runs
from assay.costs.services.allocation import allocate_import
from assay.costs.services.uses import refresh_run
from assay.tracking.domain.states import RunStatus
from assay.tracking.services import experiments, runs
from tests.factories.bills import charge, import_bill
from tests.factories.holds import MACHINE, hold_machine
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 11, 5, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
GPU = "i-0d18c6e2a9b4f0754"


@pytest.fixture
def ada() -> Iterator[UUID]:
    with frozen(LATER):
        yield found_organization().id


def bill(organization_id: UUID, *charges: dict[str, str | None], source_name: str = "aws") -> UUID:
    """Imported and charged; the last usage is on November 10."""
    end = charge("i-other", datetime(2026, 11, 9, 23, tzinfo=UTC), "1")
    import_id = import_bill(organization_id, [*charges, end], source_name=source_name)
    with tenancy.scope(organization_id):
        allocate_import(organization_id, import_id)
    return import_id


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def test_a_running_run_costs_its_price_until_now(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, LATER - 3 * HOUR, None, share="0.5")
        view = costs_of_runs(ada, [run])[run]
    assert (view.state, view.amount, view.currency) == ("estimate", Decimal("1.509"), "USD")
    assert (view.estimate, view.actual, view.delivery) == (usd("1.509"), None, None)
    assert (view.resource_id, view.share) == (GPU, Decimal("0.5"))


def test_an_ended_run_keeps_its_estimate(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + 2 * HOUR)
        assert costs_of_runs(ada, [run])[run].amount == Decimal("2.012")
        stored = RunCost.objects.get(run_id=run)
    assert (stored.kind, stored.basis, stored.amount, stored.delivery_id) == ("estimate", "list", Decimal("2.012"), None)


def test_a_run_on_an_unknown_machine_is_unpriced(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR, tags=MACHINE | {"assay.compute.region": "moon-1"})
        nameless = hold_machine(ada, GPU, TEN, TEN + HOUR, tags={})
        views = costs_of_runs(ada, [run, nameless, new_id()])
    assert [(view.state, view.amount) for view in views.values()] == [("unpriced", None)] * 3


def test_the_bill_makes_the_cost_actual(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR / 2)
    delivery = bill(ada, charge(GPU, TEN, "0.9557"))
    with tenancy.scope(ada):
        view = costs_of_runs(ada, [run])[run]
    assert (view.state, view.amount, view.currency, view.delivery) == ("actual", Decimal("0.47785"), "USD", delivery)
    assert (view.estimate, view.actual) == (usd("0.503"), usd("0.47785"))


def test_all_charges_of_the_machine_count_on_the_basis_effective(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
    covered = charge(GPU, TEN, "0", EffectiveCost="0.60", ListCost="1.006", CommitmentDiscountId="sp-1")
    bill(
        ada,
        covered,
        charge(GPU, TEN, "0.10", ChargeDescription="EBS-optimized"),
        charge(GPU, TEN, "-0.05", ChargeClass="Correction"),
    )
    with tenancy.scope(ada):
        assert costs_of_runs(ada, [run])[run].amount == Decimal("0.65")


def test_overlapping_runs_of_different_experiments_share_the_machine(ada: UUID) -> None:
    with tenancy.scope(ada):
        other = experiments.create_experiment(ada, name="other").id
        first = hold_machine(ada, GPU, TEN, TEN + HOUR)
        second = hold_machine(ada, GPU, TEN + HOUR / 2, TEN + HOUR, experiment_id=other)
    bill(ada, charge(GPU, TEN, "4"))
    with tenancy.scope(ada):
        views = costs_of_runs(ada, [first, second])
    assert [views[first].amount, views[second].amount] == [Decimal(3), Decimal(1)]


def test_a_restated_bill_restates_the_run(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
    bill(ada, charge(GPU, TEN, "4"))
    restated = bill(ada, charge(GPU, TEN, "3"))
    with tenancy.scope(ada):
        view = costs_of_runs(ada, [run])[run]
    assert (view.amount, view.delivery) == (Decimal(3), restated)


def test_a_run_over_the_turn_of_a_month_sums_both_bills(ada: UUID) -> None:
    midnight = datetime(2026, 11, 1, tzinfo=UTC)
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, midnight - HOUR, midnight + HOUR)
    october = charge(GPU, midnight - HOUR, "4")
    bill(ada, october, charge(GPU, midnight, "5"))
    with tenancy.scope(ada):
        assert costs_of_runs(ada, [run])[run].amount == Decimal(9)
        assert RunCost.objects.filter(run_id=run, kind="actual").count() == 2


def test_a_run_that_the_bill_covers_in_part_is_still_an_estimate(ada: UUID) -> None:
    end_of_bill = datetime(2026, 11, 10, tzinfo=UTC)
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, end_of_bill - HOUR, end_of_bill + HOUR)
    bill(ada, charge(GPU, end_of_bill - HOUR, "0.9"))
    with tenancy.scope(ada):
        view = costs_of_runs(ada, [run])[run]
    assert (view.state, view.amount, view.estimate, view.actual) == ("estimate", Decimal("2.012"), usd("2.012"), usd("0.9"))


def test_a_machine_that_the_bill_does_not_know_is_not_in_it(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
        late = hold_machine(ada, GPU, LATER - HOUR, LATER)
    bill(ada)
    with tenancy.scope(ada):
        views = costs_of_runs(ada, [run, late])
    assert (views[run].state, views[run].amount, views[run].estimate) == ("not_in_bill", None, usd("1.006"))
    assert views[late].state == "estimate"


def test_the_bill_of_another_provider_says_nothing_about_a_run(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, "node-7", TEN, TEN + HOUR, tags=MACHINE | {"assay.compute.provider": "host"})
    bill(ada)
    with tenancy.scope(ada):
        assert costs_of_runs(ada, [run])[run].state == "unpriced"


def test_a_run_that_changes_after_the_import_is_charged_again(ada: UUID) -> None:
    with tenancy.scope(ada):
        first = hold_machine(ada, GPU, TEN, TEN + HOUR)
    bill(ada, charge(GPU, TEN, "4"), charge("i-0aaaaaaaaaaaaaaaa", TEN, "8"))
    with tenancy.scope(ada):
        second = hold_machine(ada, GPU, TEN, TEN + HOUR)
        views = costs_of_runs(ada, [first, second])
        assert [views[first].amount, views[second].amount] == [Decimal(2), Decimal(2)]
        runs.log_batch(ada, second, metrics=[], params={}, tags={"assay.compute.resource_id": "i-0aaaaaaaaaaaaaaaa"})
        refresh_run(ada, second)
        views = costs_of_runs(ada, [first, second])
        assert [views[first].amount, views[second].amount] == [Decimal(4), Decimal(8)]


def test_a_run_that_ends_after_the_import_gives_back_what_it_did_not_use(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, None)
    bill(ada, charge(GPU, TEN, "4"), charge(GPU, TEN + HOUR, "4"))
    with tenancy.scope(ada):
        assert costs_of_runs(ada, [run])[run].actual == usd("8")
        runs.update_run(ada, run, status=RunStatus.FINISHED, ended_at=TEN + HOUR)
        refresh_run(ada, run)
        assert costs_of_runs(ada, [run])[run].amount == Decimal(4)


def test_a_run_that_names_no_machine_any_more_costs_nothing(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
    bill(ada, charge(GPU, TEN, "4"))
    with tenancy.scope(ada):
        for name in ("resource_id", "instance_type"):
            runs.delete_tag(ada, run, key=f"assay.compute.{name}")
        refresh_run(ada, run)
        assert costs_of_runs(ada, [run])[run].state == "unpriced"
        assert not RunCost.objects.filter(run_id=run).exists()
        assert not ComputeUse.objects.filter(run_id=run).exists()


def test_a_deleted_run_keeps_its_cost(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
    bill(ada, charge(GPU, TEN, "4"))
    with tenancy.scope(ada):
        runs.delete_run(ada, run)
        refresh_run(ada, run)
        assert costs_of_runs(ada, [run])[run].amount == Decimal(4)


def test_refreshing_and_allocating_again_change_nothing(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
    delivery = bill(ada, charge(GPU, TEN, "4"))
    with tenancy.scope(ada):
        before = costs_of_runs(ada, [run])
        refresh_run(ada, run)
        allocate_import(ada, delivery)
        assert costs_of_runs(ada, [run]) == before
        assert RunCost.objects.filter(run_id=run).count() == 2


def test_a_replaced_delivery_that_is_allocated_late_changes_nothing(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
    old = bill(ada, charge(GPU, TEN, "4"))
    new = bill(ada, charge(GPU, TEN, "3"))
    with tenancy.scope(ada):
        allocate_import(ada, old)
        assert costs_of_runs(ada, [run])[run].delivery == new


def test_two_currencies_stand_beside_each_other(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
    bill(ada, charge(GPU, TEN, "4"))
    euros = charge(GPU, TEN, "3", BillingCurrency="EUR")
    delivery = import_bill(ada, [euros], source_name="reseller")
    with tenancy.scope(ada):
        allocate_import(ada, delivery)
        view = costs_of_runs(ada, [run])[run]
        experiment = experiments.ensure_default_experiment(ada).id
        cost = experiment_costs(ada, [experiment])[experiment]
    assert (view.actual, view.further) == (usd("4"), (Money(Decimal(3), "EUR"),))
    assert (cost.amounts, cost.runs) == ((Money(Decimal(3), "EUR"), usd("4")), {"actual": 1})


def test_an_experiment_costs_what_its_runs_are_shown_with(ada: UUID) -> None:
    with tenancy.scope(ada):
        other = experiments.create_experiment(ada, name="other").id
        default = experiments.ensure_default_experiment(ada).id
        hold_machine(ada, GPU, TEN, TEN + HOUR)
        hold_machine(ada, GPU, LATER - HOUR, None)
        hold_machine(ada, "i-absent", TEN, TEN + HOUR)
    bill(ada, charge(GPU, TEN, "4"))
    with tenancy.scope(ada):
        costs = experiment_costs(ada, [default, other])
    assert costs[default].amounts == (usd("5.006"),)
    assert costs[default].runs == {"actual": 1, "estimate": 1, "not_in_bill": 1}
    assert (costs[other].amounts, costs[other].runs) == ((), {})


def test_a_stranger_gets_no_figure(ada: UUID) -> None:
    with tenancy.scope(ada):
        run = hold_machine(ada, GPU, TEN, TEN + HOUR)
    eve = found_organization().id
    with tenancy.scope(eve):
        assert costs_of_runs(eve, [run])[run].state == "unpriced"
        refresh_run(eve, run)
    with tenancy.scope(ada):
        assert costs_of_runs(ada, [run])[run].amount == Decimal("1.006")


def test_costs_of_many_runs_take_three_queries(ada: UUID, django_assert_num_queries: object) -> None:
    with tenancy.scope(ada):
        some = [hold_machine(ada, GPU, TEN, TEN + HOUR) for _ in range(5)]
        with django_assert_num_queries(3):  # type: ignore[operator]  # pytest-django's context manager
            costs_of_runs(ada, some)
