"""Statements that run often: parsed by PostgreSQL once per connection, with parameters and results in binary form.

Django's own cursors put parameters into the text of the statement, which doubles every byte of a payload.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections

_SETTINGS = {
    "enable_nestloop": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_custom_plan",
    "work_mem": "'64MB'",
}
_OVER_ALL = "; ".join(f"SET LOCAL {name} = {value}" for name, value in _SETTINGS.items())
_AS_BEFORE = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _SETTINGS)

Parameters = Mapping[str, Any] | Sequence[Any]


def list_uuids(ids: Iterable[UUID]) -> str:
    """The parameter of a `uuid[]` in PostgreSQL's own words: dumped one by one, a hundred ids cost as much as the look-up."""
    return f"{{{','.join(one.hex for one in ids)}}}"


@contextmanager
def execute_prepared(statement: str, parameters: Parameters) -> Iterator[psycopg.Cursor[Any]]:
    """Inside the current transaction. yields: the cursor, to fetch from. raises: django.db errors."""
    database = connections[DEFAULT_DB_ALIAS]  # found once: each look through the proxy `connection` costs as much as a fetch
    database.ensure_connection()
    with database.wrap_database_errors, psycopg.Cursor(database.connection) as cursor:
        cursor.execute(statement, parameters, prepare=True, binary=True)
        yield cursor


@contextmanager
def execute_over_all(statement: str, parameters: Parameters) -> Iterator[psycopg.Cursor[Any]]:
    """As execute_prepared, for statements that join whole ranges of large tables: planned for these parameters, joined by hash.

    Estimates of a key's rows are often far too low, and nested loops chosen on them grow with the product of two matches. One
    process does it all: several for one question would leave none for the others.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_OVER_ALL)
        cursor.execute(statement, parameters, prepare=False, binary=True)
        yield cursor
        cursor.execute(_AS_BEFORE)
