"""What is asked of PostgreSQL, by Django and by prepared statements alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import psycopg


@contextmanager
def noted_statements() -> Iterator[list[object]]:
    """yields: the statements that cursors execute meanwhile."""
    executed: list[object] = []
    execute = psycopg.Cursor.execute

    def note(cursor: psycopg.Cursor[object], statement: str, *arguments: object, **options: bool) -> psycopg.Cursor[object]:
        executed.append(statement)
        return execute(cursor, statement, *arguments, **options)  # type: ignore[arg-type]  # passed on as it came

    with patch.object(psycopg.Cursor, "execute", note):
        yield executed
