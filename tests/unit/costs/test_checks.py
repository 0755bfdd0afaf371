"""FOCUS's rules over the ledger: a good bill keeps them all, and what a bad one breaks is named, counted and shown."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.errors import Invalid, NotFound
from assay.core.intervals import Interval
from assay.costs.domain.checks import CheckReport, CheckResult, Standing
from assay.costs.domain.filters import parse_filter
from assay.costs.domain.questions import CostQuestion
from assay.costs.selectors.charges import list_charges
from assay.costs.selectors.checks import CHECKS, check_ledger
from assay.costs.selectors.checks.repeats import ROWS_AT_ONCE, split_days
from tests.factories import aws_bills, focus
from tests.factories.callers import Caller
from tests.factories.checked_bills import PLAN, RESERVATION, make_bill
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db

YEAR = Interval(datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture
def ada() -> Organization:
    return found_organization(owner_email="ada@example.com")


def check(organization: Organization, bill: Sequence[focus.Row], **asked: str) -> CheckReport:
    deliver(organization.id, focus.write_csv(bill))
    with tenancy.scope(organization.id):
        return check_ledger(organization.id, **asked)


def find(report: CheckReport, name: str) -> CheckResult:
    return next(one for one in report.results if one.check.name == name)


def test_every_check_holds_in_a_good_bill_and_concerns_something(ada: Organization) -> None:
    report = check(ada, make_bill())
    assert [(one.check.name, one.examples) for one in report.results if not one.holds] == []
    concerned = {one.check.name for one in report.results if one.checked}
    of_later_versions = {
        "allocated-tags",
        "allocated-method-details",
        "contract-applied",
        "commitment-program-eligibility-details",
    }
    assert {one.name for one in CHECKS} - concerned == {f"object-{name}" for name in of_later_versions}


def test_checks_of_a_report_of_aws_hold(ada: Organization) -> None:
    lines = aws_bills.lines_of(aws_bills.make_month())
    assert deliver(ada.id, aws_bills.write_cur2_parquet(lines), file_name="cur.parquet").rows == 19
    with tenancy.scope(ada.id):
        report = check_ledger(ada.id)
    assert [one.check.name for one in report.broken] == []


def test_a_broken_rule_is_counted_and_shows_charges_that_the_ledger_finds_again(ada: Organization) -> None:
    bill = make_bill()
    for charge in bill[:5]:
        charge["ListCost"] = "0.5"
    found = find(check(ada, bill), "list-cost")
    assert (found.checked, found.failing, len(found.examples)) == (17, 5, 3)
    first = found.examples[0]
    assert first.place["resource_id"] == "i-0123456789abcdef0"
    assert first.values == {
        "list_cost": "0.5",
        "list_unit_price": "0.096",
        "pricing_quantity": "1",
    }
    with tenancy.scope(ada.id):
        (charge,) = list_charges(ada.id, CostQuestion(YEAR, filter=parse_filter(first.filter))).charges
    assert charge.started_at == datetime(2026, 1, 5, tzinfo=UTC)


def test_what_was_paid_for_a_commitment_is_used_and_unused_of_it(ada: Organization) -> None:
    without_unused = [charge for charge in make_bill() if charge.get("CommitmentDiscountStatus") != "Unused"]
    spread = find(check(ada, without_unused), "commitments-spread")
    assert (spread.check.number, spread.checked, spread.failing) == ("4", 1, 1)
    assert spread.examples[0].place["commitment_discount_id"] == PLAN
    assert (spread.examples[0].values["paid"], spread.examples[0].values["used"]) == (
        "24",
        "16.5",
    )


def test_a_month_that_still_fills_is_not_blamed_for_what_is_not_used_yet(ada: Organization) -> None:
    filling = [charge for charge in make_bill() if charge["ChargePeriodStart"] != "2026-01-05T01:00:00Z"]
    filling = [charge for charge in filling if charge.get("CommitmentDiscountStatus") != "Unused"]
    assert find(check(ada, filling), "commitments-spread").checked == 0


def test_a_commitment_is_never_used_beyond_what_was_paid_for_it_at_once(ada: Organization) -> None:
    bill = make_bill()
    used = next(
        charge for charge in bill if charge.get("CommitmentDiscountId") == RESERVATION and charge["ChargeCategory"] == "Usage"
    )
    used["EffectiveCost"] = used["PricingCurrencyEffectiveCost"] = "301"
    report = check(ada, bill)
    assert [one.check.name for one in report.broken] == ["commitments-term"]
    assert {one.check.standing for one in report.unusual} == {Standing.EXPECTED}


def test_the_same_account_from_two_sources_and_the_same_charge_twice_are_noticed(ada: Organization) -> None:
    deliver(ada.id, focus.write_csv(make_bill()), source_name="copy")
    report = check(ada, [*make_bill(), make_bill()[0]])
    assert {one.check.name: one.failing for one in report.unusual} == {"one-source": 1, "repeats": 1}
    with tenancy.scope(ada.id):
        assert find(check_ledger(ada.id, source_name="copy"), "repeats").failing == 0


def test_days_are_taken_together_up_to_what_fits() -> None:
    rows = {date(2026, 1, day): count for day, count in ((1, 1), (2, ROWS_AT_ONCE), (3, 5), (5, 7))}
    assert list(split_days(rows)) == [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 2), date(2026, 1, 2)),
        (date(2026, 1, 3), date(2026, 1, 5)),
    ]
    assert list(split_days({})) == []


def test_one_source_and_period_are_checked_alone(ada: Organization) -> None:
    february = focus.make_charge(
        BillingPeriodStart="2026-02-01T00:00:00Z", BillingPeriodEnd="2026-03-01T00:00:00Z", ListCost=None
    )
    deliver(ada.id, focus.write_csv([february]), source_name="gcp")
    report = check(ada, make_bill(), source_name="aws", billing_period="2026-01")
    assert (report.rows, report.broken) == (len(make_bill()), ())
    with tenancy.scope(ada.id):
        assert find(check_ledger(ada.id, billing_period="2026-02"), "given-list-cost").failing == 1
        assert check_ledger(ada.id, billing_period="2026-03").rows == 0
        with pytest.raises(NotFound):
            check_ledger(ada.id, source_name="azure")
        with pytest.raises(Invalid):
            check_ledger(ada.id, billing_period="January")


def test_checks_are_in_the_api_and_none_of_another_organization(ada: Organization) -> None:
    bill = make_bill()
    bill[0]["ServiceCategory"] = "Computing"
    deliver(ada.id, focus.write_csv(bill))
    found = Caller(bearer(ada))("GET", "costs/checks?source=aws&period=2026-01", 200)
    assert (found["ok"], found["rows"]) == (False, len(bill))
    failing = {item["name"]: item for item in found["items"] if not item["ok"]}
    assert failing["allowed-service-category"]["examples"][0]["values"] == {"service_category": "Computing"}
    assert (failing["allowed-service-category"]["standing"], failing["allowed-service-category"]["failing"]) == ("required", 1)
    eve = found_organization(owner_email="eve@example.com")
    assert Caller(bearer(eve))("GET", "costs/checks", 200)["rows"] == 0
    Caller(bearer(eve))("GET", "costs/checks?source=aws", 404)
    Caller(bearer(ada))("GET", "costs/checks?period=2026", 400)
