"""What findings on one resource save together."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.money import Money
from assay.recommendations.domain.found import Action
from assay.recommendations.domain.interactions import TOGETHER, Claim, count_savings
from tests.breadth import examples

CLAIMS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(Action), st.integers(0, 5), st.sampled_from(["USD", "EUR"])), max_size=12
)


@given(CLAIMS)
@settings(max_examples=examples(100, many=2_000))
def test_nothing_counts_twice_and_the_most_counts(drawn: list[tuple[int, Action, int, str]]) -> None:
    claims = [
        Claim(i, resource, action, Money(Decimal(saving), unit)) for i, (resource, action, saving, unit) in enumerate(drawn)
    ]
    counted = count_savings(claims)
    assert counted.keys() == {claim.key for claim in claims}
    by_key = {claim.key: claim for claim in claims}
    for resource, currency in {(claim.resource, claim.saving.currency) for claim in claims}:
        own = [claim for claim in claims if (claim.resource, claim.saving.currency) == (resource, currency)]
        counting = [claim for claim in own if counted[claim.key].included_in is None]
        assert counting, "something of every resource counts"
        assert all(counted[claim.key].saving == claim.saving for claim in counting)
        assert max(claim.saving.amount for claim in counting) == max(claim.saving.amount for claim in own)
        for one in counting:
            for other in counting:
                assert one is other or frozenset({one.action, other.action}) in TOGETHER, "what counts can be done together"
        for claim in own:
            included_in = counted[claim.key].included_in
            if included_in is not None:
                assert counted[claim.key].saving.amount == 0
                assert counted[included_in].included_in is None
                assert by_key[included_in].resource == claim.resource


@given(st.permutations(range(6)))
@settings(max_examples=examples(20, many=720))
def test_the_order_of_findings_does_not_matter(order: list[int]) -> None:
    actions = [Action.RESIZE, Action.DELETE, Action.COMMIT, Action.STOP, Action.MODERNISE, Action.RESIZE]
    claims = [Claim(i, i % 2, action, Money(Decimal(i % 3), "USD")) for i, action in enumerate(actions)]
    assert dict(count_savings([claims[i] for i in order])) == dict(count_savings(claims))
