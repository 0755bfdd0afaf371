"""What is answered from sums is what the charges say, whatever is asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core import tenancy
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits
from assay.costs.domain.dimensions import Dimension, FocusColumn, Tag
from assay.costs.domain.filters import parse_filter
from assay.costs.domain.questions import CostQuestion, Granularity
from assay.costs.selectors import changes, explorer, questions
from assay.portal.selectors import ledger
from tests.breadth import examples
from tests.factories import focus
from tests.factories.bills import charge
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
FEBRUARY = Interval(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
WEEK = Interval(datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 1, 27, tzinfo=UTC))
GROUPS = (Dimension.ACCOUNT, Dimension.SERVICE, Dimension.RESOURCE, Dimension.DAY, Tag("team"), FocusColumn("charge_class"))
FILTERS = ("service = 'EC2'", "not tags.team = 'vision'", "resource is null or account = '001'", "effective_cost > 1")

rows = st.fixed_dictionaries(
    {
        "resource": st.sampled_from(["i-1", "i-2", None]),
        "hour": st.integers(0, 58 * 24),
        "BilledCost": st.decimals(-1000, 1000, places=15).map(lambda amount: f"{amount:f}"),
        "EffectiveCost": st.sampled_from(["0", "1.5", "-1.5"]),
        "ServiceName": st.sampled_from(["EC2", "S3", None]),
        "SubAccountId": st.sampled_from(["001", "1", None]),
        "ChargeCategory": st.sampled_from(["Usage", "Credit", "Purchase"]),
        "CommitmentDiscountId": st.sampled_from([None, "sp-1"]),
        "ConsumedQuantity": st.sampled_from([None, "2"]),
        "Tags": st.sampled_from([None, '{"team":"vision"}', '{"team":"nlp","env":true}']),
    }
)
asked = st.builds(
    CostQuestion,
    interval=st.sampled_from([FEBRUARY, WEEK]),
    basis=st.sampled_from(Basis),
    credits=st.sampled_from(Credits),
    group_by=st.lists(st.sampled_from(GROUPS), max_size=2, unique=True).map(tuple),
    granularity=st.sampled_from([None, Granularity.DAY, Granularity.WEEK, Granularity.MONTH]),
    filter=st.none() | st.sampled_from(FILTERS).map(parse_filter),
    top=st.sampled_from([1, 50]),
    before=st.sampled_from([None, Interval(JANUARY, FEBRUARY.start)]),
)


@given(bill=st.lists(rows, min_size=1, max_size=30), wanted=st.lists(asked, min_size=4, max_size=4))
@settings(max_examples=examples(3, many=40), deadline=None)
def test_every_question_has_the_same_answer_with_and_without_sums(
    bill: Sequence[dict[str, Any]], wanted: Sequence[CostQuestion]
) -> None:
    organization = found_organization()
    charges = []
    for row in bill:
        columns = {name: value for name, value in row.items() if name[0].isupper()}
        charges.append(charge(row["resource"], JANUARY + timedelta(hours=row["hour"]), "2", **columns))
    deliver(organization.id, focus.write_csv(charges))
    before = Interval(JANUARY, FEBRUARY.start)
    with tenancy.scope(organization.id):
        for question in wanted:
            summed = (
                explorer.answer(organization.id, question),
                changes.explain_change(organization.id, question, before=before),
            )
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(questions, "choose_rollup", lambda *_: None)
                single = (
                    explorer.answer(organization.id, question),
                    changes.explain_change(organization.id, question, before=before),
                )
            assert summed == single
            whole = explorer.answer(organization.id, explorer.without_groups(question))
            assert explorer.answer(organization.id, question, whole=whole) == summed[0]


def test_after_a_reissue_no_answer_is_of_the_bill_before() -> None:
    organization = found_organization()
    by_service, by_account = (CostQuestion(WEEK, group_by=(group,)) for group in (Dimension.SERVICE, Dimension.ACCOUNT))
    answers = []
    for amount in ("1", "2"):
        deliver(organization.id, focus.write_csv([charge("i-1", WEEK.start, amount)]), file_name=f"{amount}.csv")
        with tenancy.scope(organization.id):
            answers += [ledger.answer(organization.id, question) for question in (by_service, by_account)]
            known = explorer.answer(organization.id, by_account, whole=answers[0])
        assert [answer.total for answer in answers[-2:]] == [Decimal(amount)] * 2
        assert [answer.rows[0].amount for answer in answers[-2:]] == [Decimal(amount)] * 2
        assert known == answers[-1], "what is known of another version is not used"
