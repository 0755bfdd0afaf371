"""What the grammar writes it reads back; what it cannot read it refuses and never crashes on."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from assay.tracking.domain.errors import FilterRefused
from assay.tracking.domain.search.clauses import (
    MEMBERSHIP,
    NUMERIC,
    PRESENCE,
    TEXTUAL,
    Comparison,
    Identifier,
    Kind,
    OrderTerm,
)
from assay.tracking.domain.search.parser import parse_order, parse_search
from assay.tracking.domain.search.vocabularies import RUNS, Content

keys = st.text(st.characters(exclude_characters="\x00"), min_size=1, max_size=12)
texts = st.text(st.characters(exclude_characters="\x00"), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
text_attributes = st.sampled_from([name for name, content in RUNS.attributes.items() if content is Content.TEXT])
number_attributes = st.sampled_from([name for name, content in RUNS.attributes.items() if content is Content.NUMBER])

keyed = st.builds(Identifier, st.sampled_from([Kind.PARAM, Kind.TAG]), keys)
measured = st.one_of(
    st.builds(Identifier, st.just(Kind.METRIC), keys), st.builds(Identifier, st.just(Kind.ATTRIBUTE), number_attributes)
)
named = st.one_of(
    st.builds(Identifier, st.just(Kind.ATTRIBUTE), text_attributes),
    st.builds(Identifier, st.just(Kind.DATASET), st.sampled_from(sorted(RUNS.dataset_attributes))),
)
clauses = st.one_of(
    st.builds(Comparison, measured, st.sampled_from(sorted(NUMERIC)), numbers),
    st.builds(Comparison, st.one_of(keyed, named), st.sampled_from(sorted(TEXTUAL)), texts),
    st.builds(Comparison, named, st.sampled_from(sorted(MEMBERSHIP)), st.lists(texts, min_size=1, max_size=3).map(tuple)),
    st.builds(Comparison, keyed, st.sampled_from(sorted(PRESENCE)), st.none()),
)


@given(st.lists(clauses, max_size=4))
def test_a_written_search_is_read_back(search: list[Comparison]) -> None:
    assert parse_search(" AND ".join(map(str, search)), RUNS) == tuple(search)


@given(
    st.lists(
        st.builds(OrderTerm, st.one_of(keyed, measured), st.booleans()), max_size=4, unique_by=lambda term: term.identifier
    )
)
def test_a_written_order_is_read_back(order: list[OrderTerm]) -> None:
    assert parse_order([str(term) for term in order], RUNS) == tuple(order)


@given(st.text(max_size=40) | st.text("metrics.params'\"`<>=!()aANDISNULL 01,", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(FilterRefused):
        assert all(clause.identifier.key for clause in parse_search(text, RUNS))
