"""The order of registry lists."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F

from assay.tracking.domain.search.parser import parse_order
from assay.tracking.domain.search.vocabularies import Vocabulary
from assay.tracking.selectors.keysets import SortKey, load_instant, load_number, load_text

Column = tuple[str, Callable[[Any], object]]
"""Of the table, and how a page token's value becomes its."""

NAME: Column = ("name", load_text)
MODEL_NAME: Column = ("model__name", load_text)
NUMBER: Column = ("number", load_number)
TIMES: dict[str, Column] = {
    "creation_timestamp": ("created_at", load_instant),
    "last_updated_timestamp": ("updated_at", load_instant),
}


def build_sort_keys(
    order_by: Sequence[str], vocabulary: Vocabulary, columns: Mapping[str, Column], *, ties: Sequence[str]
) -> tuple[SortKey, ...]:
    """The order asked for, then the ties that it does not name itself. raises: FilterRefused."""
    asked = parse_order(order_by, vocabulary)
    named = {term.identifier.key for term in asked}
    further = [term for term in parse_order(ties, vocabulary) if term.identifier.key not in named]
    return tuple(
        SortKey(F(columns[term.identifier.key][0]), columns[term.identifier.key][1], descending=term.descending)
        for term in (*asked, *further)
    )
