"""SQL that answers with runs, for selectors that join them with what tracking does not know or add them up."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet


@dataclass(frozen=True, slots=True)
class Statement:
    """text: one SELECT; parameters: its bound values by name. It holds both walls: it is run in the organization's scope."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def state(rows: "QuerySet[Model, Any]") -> Statement:
    """The statement of a query, its parameters named so that several statements can be joined into one."""
    text, values = rows.query.sql_with_params()
    numbers = count()
    named = re.sub(r"%(%|s)", lambda found: "%%" if found[1] == "%" else f"%(m{next(numbers)})s", text)
    return Statement(named, {f"m{number}": value for number, value in enumerate(values)})


def read_ids(statement: Statement, *, at_once: int) -> Iterator[list[UUID]]:
    """The ids that a statement selects, in its order, so many at a time, through a cursor on the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement.text, statement.parameters)
        while rows := cursor.fetchmany(at_once):
            yield [row[0] for row in rows]
