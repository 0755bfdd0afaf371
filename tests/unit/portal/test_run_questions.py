"""What the address of a run table asks for, and where its pages lead."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.costs.domain.run_costs import UNPRICED, RunCostState, RunCostView
from assay.portal.domain.dataset_profiles import read_profile
from assay.portal.domain.gains import guess_goal, price_point
from assay.portal.domain.run_columns import offer_columns
from assay.portal.domain.run_questions import Question, read_group, read_question, write_value
from assay.portal.domain.sparklines import HEIGHT, WIDTH, draw_points
from assay.portal.domain.trails import LONGEST, Place, read_place
from assay.tracking.domain.groups import Goal, GroupKey, GroupKind
from assay.tracking.domain.search.parser import parse_search
from assay.tracking.domain.search.vocabularies import RUNS
from assay.tracking.domain.states import Visibility

EXPERIMENT = UUID(int=1)


def ask(**address: list[str]) -> Question:
    return read_question(address, experiment_id=EXPERIMENT, offered=offer_columns(["loss"], ["kernel"], ["team"]))


def test_an_empty_address_asks_for_the_newest_active_runs() -> None:
    asked = ask()
    assert (asked.query.filter, asked.query.view, asked.sort, asked.group) == ("", Visibility.ACTIVE_ONLY, None, None)
    assert asked.is_plain


def test_tab_and_filter_narrow_together() -> None:
    assert (
        ask(status=["FAILED"], filter=["metrics.loss < 1"]).query.filter == "attributes.status = 'FAILED' AND metrics.loss < 1"
    )
    assert ask(status=["' OR 1"]).query.filter == ""
    assert ask(status=["DELETED"]).query.view is Visibility.DELETED_ONLY


@pytest.mark.parametrize(
    ("token", "group"),
    [
        ("param:kernel", GroupKey(GroupKind.PARAM, "kernel")),
        ("tag:a:b", GroupKey(GroupKind.TAG, "a:b")),
        ("status", GroupKey(GroupKind.STATUS)),
        ("user", GroupKey(GroupKind.USER)),
        ("param:", None),
        ("status:x", None),
        ("metric:loss", None),
        ("param:\x00", None),
        ("", None),
    ],
)
def test_groups_are_by_params_tags_status_and_user(token: str, group: GroupKey | None) -> None:
    assert read_group(token) == group


@given(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), st.sampled_from(["kernel", "odd `key` 'x'"])
)
def test_a_groups_clause_finds_just_its_value(value: str, key: str) -> None:
    [clause] = parse_search(GroupKey(GroupKind.PARAM, key).clause(value), RUNS)
    assert (clause.identifier.key, clause.value) == (key, value)


def test_an_opened_group_and_the_group_without_the_key_survive_the_address() -> None:
    assert ask(open=[write_value("-"), write_value(None), write_value("")]).opened == ("-", None, "")
    assert GroupKey(GroupKind.TAG, "team").clause(None) == "tags.team IS NULL"


def test_pages_lead_there_and_back() -> None:
    second = Place().following("b")
    third = second.following("c")
    again = read_place(cursor=third.cursor, trail=third.trail, number=str(third.number))
    assert again == third
    assert again.preceding() == Place(2, "b", ("",))
    assert second.preceding() == Place()
    assert Place().preceding() is None


def test_far_pages_keep_a_short_address_and_lead_back_to_the_first() -> None:
    place = Place()
    for number in range(40):
        place = place.following(f"c{number}")
    assert (place.number, len(place.before)) == (41, LONGEST)
    steps = 0
    while place.cursor:
        place, steps = place.preceding() or Place(), steps + 1
    assert steps == LONGEST + 1


@pytest.mark.parametrize("number", ["", "x", "-3", "²", "0", "9" * 30])
def test_a_page_number_that_cannot_be_is_not_believed(number: str) -> None:
    assert read_place(cursor="c", trail="", number=number).number == 2


@pytest.mark.parametrize(
    ("metric", "goal"),
    [
        ("val_loss", "min"),
        ("rmse", "min"),
        ("train/error", "min"),
        ("accuracy", "max"),
        ("f1", "max"),
        ("valloss", "min"),
        ("map", "max"),
    ],
)
def test_losses_and_errors_fall(metric: str, goal: str) -> None:
    assert guess_goal(metric) == Goal(goal)


def test_a_point_is_a_hundredth_gained_over_the_first_run() -> None:
    cost = RunCostView(RunCostState.ESTIMATE, Decimal(6), "USD")
    gained = price_point(cost, 0.75, first=0.25, goal=Goal.MAXIMIZE)
    assert gained is not None
    assert (gained.amount, gained.currency) == (Decimal("0.12"), "USD")
    assert price_point(cost, 0.25, first=0.75, goal=Goal.MINIMIZE) == gained


@pytest.mark.parametrize("value", [None, 0.25, 0.1, float("nan"), float("inf")])
def test_nothing_gained_has_no_price(value: float | None) -> None:
    assert price_point(RunCostView(RunCostState.ESTIMATE, Decimal(6), "USD"), value, first=0.25, goal=Goal.MAXIMIZE) is None
    assert price_point(UNPRICED, 0.9, first=0.25, goal=Goal.MAXIMIZE) is None


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=30))
def test_a_small_curve_stays_within_its_cell(values: list[float]) -> None:
    points = [tuple(map(float, point.split(","))) for point in draw_points(values).split()]
    assert len(points) == (len(values) if len(values) > 1 else 0)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


def test_a_schema_becomes_columns_and_anything_else_stays_text() -> None:
    spec = '{"mlflow_colspec": [{"name": "age", "type": "long", "required": true}, {"type": "double"}]}'
    found = read_profile(spec, '{"num_rows": 12345, "shape": [2, 3]}')
    assert [(one.name, one.type) for one in found.columns] == [("age", "long"), ("1", "double")]
    assert found.facts == (("num rows", "12,345"), ("shape", "[2, 3]"))
    assert read_profile("col a, col b", "{").text == "col a, col b"
    assert read_profile(None, None).columns == ()
    assert read_profile("[" * 100_000, "[1]").facts == ()


def test_arrays_are_columns_too() -> None:
    spec = '{"mlflow_tensorspec": {"features": "[{\\"type\\": \\"tensor\\", \\"tensor-spec\\": {\\"dtype\\": \\"float64\\", \\"shape\\": [-1, 30]}}]", "targets": null}}'
    [column] = read_profile(spec, None).columns
    assert (column.name, column.type) == ("features", "float64 [-1, 30]")
