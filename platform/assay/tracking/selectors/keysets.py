"""Pages by key: a token holds the sort values of the last row, so inserts before it shift nothing.

Missing values sort last in both directions; among numbers NaN comes between the numbers and the missing. A sort value that may
be missing is therefore two columns: its rank (0 a value, 1 NaN, 2 missing) and itself.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import nan
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.models import Case, F, FilteredRelation, FloatField, IntegerField, Model, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact, IsNull

from assay.tracking.domain.errors import PageTokenRefused
from assay.tracking.domain.search.clauses import Kind, OrderTerm
from assay.tracking.selectors.filters import Schema

M = TypeVar("M", bound=Model)
Scalar = str | float | int | None
LONGEST_TOKEN = 100_000


class Loaded(Protocol):
    """What a token says of one sort value. load: makes the stored value from it; raises ValueError or TypeError when it cannot."""

    @property
    def load(self) -> Callable[[Any], object]: ...

    @property
    def nullable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class SortKey:
    """expression: what to sort by, or None to join the `value` of the one row that a relation has under a key."""

    expression: Combinable | None
    load: Callable[[Any], object]
    descending: bool = False
    nullable: bool = False
    numeric: bool = False
    relation: str = ""
    key: str = ""


def sort_keys(order: Sequence[OrderTerm], schema: Schema, ties: Sequence[SortKey]) -> tuple[SortKey, ...]:
    """The order asked for, then what decides between equals."""
    return (*(_sort_key(term, schema) for term in order), *ties)


def take_page(
    rows: QuerySet[M], keys: Sequence[SortKey], *, limit: int, page_token: str, question: object
) -> tuple[list[M], str | None]:
    """One page of rows in the order of keys. question: what was asked; a token of another question is refused.

    returns: at most limit rows, and the next page's token or None. raises: PageTokenRefused.
    """
    mark = mark_of(question)
    rows = arrange(rows, keys)
    if page_token:
        rows = rows.filter(_after(keys, read_token(page_token, mark, keys)))
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    last, ranks = found[limit - 1], [f"rank_{position}" for position in range(len(keys))]
    place = [(getattr(last, rank, 0), getattr(last, f"sort_{position}")) for position, rank in enumerate(ranks)]
    return found[:limit], write_token(place, mark)


def arrange(rows: QuerySet[M], keys: Sequence[SortKey]) -> QuerySet[M]:
    """The rows in the order of keys, with what they are sorted by."""
    for position, key in enumerate(keys):
        rows = rows.annotate(**_sort_columns(position, key))
        if key.nullable:
            rows = rows.annotate(**{f"rank_{position}": _rank(f"sort_{position}", key)})
    return rows.order_by(*_ordering(keys))


def mark_of(question: object) -> str:
    """What tells the tokens of one question from those of another."""
    return hashlib.sha256(repr(question).encode()).hexdigest()[:12]


def write_token(place: Sequence[tuple[int, object]], mark: str) -> str:
    """place: rank and sort value of each key, of the last row on the page."""
    parts = [_note(rank, value) for rank, value in place]
    return base64.urlsafe_b64encode(json.dumps([mark, parts]).encode()).decode().rstrip("=")


def read_token(token: str, mark: str, keys: Sequence[Loaded]) -> list[tuple[int, object]]:
    """Tokens come back from clients, so nothing in them is believed. raises: PageTokenRefused."""
    if len(token) > LONGEST_TOKEN:
        raise PageTokenRefused
    try:
        found_mark, place = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if found_mark != mark:
            raise PageTokenRefused
        return [_load(key, rank, value) for key, (rank, value) in zip(keys, place, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise PageTokenRefused from error


def load_instant(text: object) -> datetime:
    if not isinstance(text, str):
        raise TypeError("an instant is text in a token")
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant has its zone")
    return instant


def load_text(text: object) -> str:
    if not isinstance(text, str) or "\x00" in text:
        raise TypeError("not a text")
    text.encode()  # halves of surrogate pairs are no text
    return text


def load_uuid(text: object) -> UUID:
    return UUID(load_text(text))


def load_number(number: object) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise TypeError("not a number")
    return float(number)


def _sort_key(term: OrderTerm, schema: Schema) -> SortKey:
    identifier = term.identifier
    if identifier.kind is Kind.ATTRIBUTE:
        attribute = schema.attributes[identifier.key]
        load = load_instant if attribute.is_instant else load_text
        return SortKey(attribute.expression, load, descending=term.descending, nullable=attribute.nullable)
    relation = schema.relations.get(identifier.kind, "")
    numeric = identifier.kind is Kind.METRIC
    return SortKey(
        None if relation else Subquery(schema.rows[identifier.kind](identifier.key).values("value")[:1]),
        load_number if numeric else load_text,
        descending=term.descending,
        nullable=True,
        numeric=numeric,
        relation=relation,
        key=identifier.key,
    )


def _sort_columns(position: int, key: SortKey) -> dict[str, Any]:
    """A join is read once, where the same value as a subquery would run again for each mention of it."""
    if key.expression is not None:
        return {f"sort_{position}": key.expression}
    joined = FilteredRelation(key.relation, condition=Q(**{f"{key.relation}__key": key.key}))
    return {f"joined_{position}": joined, f"sort_{position}": F(f"joined_{position}__value")}


def _rank(alias: str, key: SortKey) -> Case:
    cases = [When(IsNull(F(alias), True), then=Value(2))]
    if key.numeric:
        cases.append(When(Exact(F(alias), Value(nan, output_field=FloatField())), then=Value(1)))
    return Case(*cases, default=Value(0), output_field=IntegerField())


def _ordering(keys: Sequence[SortKey]) -> list[str]:
    columns: list[str] = []
    for position, key in enumerate(keys):
        columns += [f"rank_{position}"] if key.nullable else []
        columns.append(f"{'-' if key.descending else ''}sort_{position}")
    return columns


def _after(keys: Sequence[SortKey], last: Sequence[tuple[int, object]]) -> Q:
    """Rows strictly after the last one: equal in the first k sort values and beyond in the next, for any k."""
    condition, equal = Q(pk__in=[]), Q()
    for position, (key, (rank, value)) in enumerate(zip(keys, last, strict=True)):
        condition |= equal & _beyond(position, key, rank, value)
        equal &= Q(**{f"rank_{position}": rank}) if key.nullable else Q()
        equal &= Q(**{f"sort_{position}": value}) if rank == 0 else Q()
    return condition


def _beyond(position: int, key: SortKey, rank: int, value: object) -> Q:
    further = Q(**{f"sort_{position}__{'lt' if key.descending else 'gt'}": value}) if rank == 0 else Q(pk__in=[])
    if not key.nullable:
        return further
    return Q(**{f"rank_{position}__gt": rank}) | (Q(**{f"rank_{position}": rank}) & further)


def _note(rank: int, value: object) -> tuple[int, Scalar]:
    if rank:
        return rank, None
    if isinstance(value, datetime):
        return 0, value.isoformat()
    return 0, value if isinstance(value, str | int | float) else str(value)


def _load(key: Loaded, rank: object, value: object) -> tuple[int, object]:
    if rank == 0:
        return 0, key.load(value)
    if key.nullable and rank in (1, 2):
        return int(rank == 2) + 1, None
    raise ValueError("a rank that this key cannot have")
