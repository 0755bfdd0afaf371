"""Statements that run often: parsed by PostgreSQL once per connection, with parameters and results in binary form.

Django's own cursors put parameters into the text of the statement, which doubles every byte of a payload.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

Parameters = Mapping[str, Any] | Sequence[Any]


@contextmanager
def execute_prepared(statement: str, parameters: Parameters) -> Iterator[psycopg.Cursor[Any]]:
    """Inside the current transaction. yields: the cursor, to fetch from. raises: django.db errors."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, parameters, prepare=True, binary=True)
        yield cursor
