"""Transactions that survive a restart of PostgreSQL between two calls.

Connections are kept for long, and asking each of them whether it still lives would cost every call a round trip. The first
statement of a transaction tells just as well: nothing has happened yet when it fails, so it may run again elsewhere.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse

T = TypeVar("T")


@contextmanager
def transaction_opened_by(first: Callable[[], T]) -> Iterator[T]:
    """A transaction (a savepoint inside one) and its first statement. yields: what that statement gave."""
    with ExitStack() as stack:
        yield _open(stack, first)


class LiveConnection:
    """Middleware for pages, whose first statement comes from sessions: replaces a dead connection before they use it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reads_at_once = request.method == "POST" or settings.SESSION_COOKIE_NAME in request.COOKIES
        if reads_at_once and not connection.in_atomic_block:
            connection.ensure_connection()
            if not connection.is_usable():
                _drop_dead_connections()
        return self.get_response(request)


def _open(stack: ExitStack, first: Callable[[], T]) -> T:
    nested = connection.in_atomic_block
    try:
        return _try(stack, first)
    except (InterfaceError, OperationalError):
        if nested or (connection.connection is not None and connection.is_usable()):
            raise
        _drop_dead_connections()
        return _try(stack, first)


def _try(stack: ExitStack, first: Callable[[], T]) -> T:
    with ExitStack() as opened:
        opened.enter_context(transaction.atomic())
        value = first()
        stack.push(opened.pop_all())
    return value


def _drop_dead_connections() -> None:
    """This thread's, and those that wait in the pool."""
    connection.close()
    if connection.pool:  # type: ignore[attr-defined]  # PostgreSQL's alone
        connection.pool.check()  # type: ignore[attr-defined]
