import pytest

from assay.core.errors import Invalid
from assay.portal.domain.filters import join_clauses, name_contains
from assay.portal.domain.pages import read_page
from assay.portal.domain.tables import Column, Sort, Table, choose_columns, read_sort

NAME = Column("name", "Name", pinned=True)
COST = Column("cost", "Cost", numeric=True, first_descending=True)
NOTE = Column("note", "Note", sortable=False)
OFFERED = (NAME, COST, NOTE)


@pytest.mark.parametrize(
    ("token", "sort"),
    [("cost", Sort("cost", descending=False)), ("-cost", Sort("cost", descending=True)), ("note", None), ("gone", None)],
)
def test_only_sortable_columns_sort(token: str, sort: Sort | None) -> None:
    assert read_sort(token, OFFERED) == sort


def test_a_click_turns_the_order_around() -> None:
    table = Table(OFFERED, OFFERED, Sort("cost", descending=True))
    assert table.next_sort(COST) == Sort("cost", descending=False)
    assert table.next_sort(NAME) == Sort("name", descending=False)
    assert Table(OFFERED, OFFERED, None).next_sort(COST).token == "-cost"


def test_pinned_columns_stay_and_unknown_ones_are_ignored() -> None:
    assert choose_columns(OFFERED, ["note", "gone"], default=["cost"]) == (NAME, NOTE)
    assert choose_columns(OFFERED, ["gone"], default=["cost"]) == (NAME, COST)


@pytest.mark.parametrize(("text", "number"), [("", 1), ("2", 2), ("99", 3), ("0", 1), ("-1", 1), ("x", 1), ("²", 1)])
def test_a_page_is_kept_within_what_exists(text: str, number: int) -> None:
    assert read_page(text, total=120).number == number


def test_pages_of_nothing_say_so() -> None:
    page = read_page("", total=0)
    assert (page.summary, page.has_next, page.has_previous) == ("0", False, False)
    assert read_page("2", total=120).summary == "51 to 100 of 120"


def test_words_with_one_kind_of_quotes_can_be_searched() -> None:
    assert name_contains("name", "ada's") == 'name ILIKE "%ada\'s%"'
    assert name_contains("name", "  ") == ""
    assert join_clauses("", "a = 1", " b = 2 ") == "a = 1 AND b = 2"
    with pytest.raises(Invalid):
        name_contains("name", "\"'")
