from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from assay.reports.domain.figures import OTHER, UNNAMED, break_down, stack_days, total_of

amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=15)
keys = st.none() | st.sampled_from(["ec2", "s3", "rds", "tax", "credit", "databricks", "kms", "route53", "ebs", "sns"])
sums = st.dictionaries(keys, amounts)
DAYS = [date(2026, 3, 2) + timedelta(days=number) for number in range(7)]


@given(sums, sums, st.integers(0, 10))
def test_lines_sum_to_both_weeks_exactly(week: dict[str | None, Decimal], before: dict[str | None, Decimal], keep: int) -> None:
    lines = break_down(week, before, {}, keep=keep).lines
    assert total_of(dict(enumerate(line.amount for line in lines)), range(len(lines))) == total_of(week, week)
    assert total_of(dict(enumerate(line.before for line in lines)), range(len(lines))) == total_of(before, before)


@given(sums, st.integers(1, 10))
def test_the_largest_stand_alone_and_one_left_over_is_not_hidden(week: dict[str | None, Decimal], keep: int) -> None:
    lines = break_down(week, {}, {}, keep=keep).lines
    named = [line for line in lines if line.label != OTHER]
    assert len(lines) <= keep + 1
    assert [abs(line.amount) for line in named] == sorted((abs(line.amount) for line in named), reverse=True)
    assert (len(named) < len(lines)) == (len([key for key in week if week[key]]) > keep + 1)


def test_keys_get_their_names_and_charges_without_one_are_named_so() -> None:
    lines = break_down({"1111": Decimal(2), None: Decimal(1)}, {"1111": Decimal(3)}, {"1111": "research"}, keep=5).lines
    assert [(line.label, line.key, line.amount, line.before) for line in lines] == [
        ("research", "1111", Decimal(2), Decimal(3)),
        (UNNAMED, None, Decimal(1), Decimal(0)),
    ]


def test_a_service_that_is_gone_still_shows_what_it_cost_before() -> None:
    (line,) = break_down({}, {"s3": Decimal(5)}, {}, keep=5).lines
    assert (line.label, line.amount, line.before) == ("s3", Decimal(0), Decimal(5))


@given(st.dictionaries(st.tuples(st.sampled_from(DAYS), st.sampled_from("abcdef")), amounts))
def test_each_day_of_the_chart_sums_to_its_charges(charges: dict[tuple[date, str], Decimal]) -> None:
    daily = stack_days(DAYS, charges, keep=["a", "b"])
    for place, day in enumerate(DAYS):
        column = {name: values[place] for name, values in daily.series.items()}
        assert total_of(column, column) == total_of(charges, [key for key in charges if key[0] == day])
