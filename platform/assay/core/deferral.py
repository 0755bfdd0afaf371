"""Starting tasks: by name, after commit, with plain values. A message is a hint; the row it speaks of is the truth."""

from collections.abc import Mapping
from functools import cache

import structlog
from celery import Celery
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

Plain = str | int | bool | None


def defer(name: str, *, queue: str = "default", **values: Plain) -> None:
    """Send a task once the surrounding transaction has committed.

    name: `<app>.<verb>_<noun>` of a registered task. values: ids as text and plain values.
    A broker that does not answer is logged and otherwise ignored: beat finds the row later.
    """
    transaction.on_commit(lambda: _send(name, queue, values), robust=True)


def _send(name: str, queue: str, values: Mapping[str, Plain]) -> None:
    try:
        _sender().send_task(name, kwargs=dict(values), queue=queue, retry=False)
    except OperationalError as error:
        log.warning("task_not_sent", task=name, reason=str(error))


@cache
def _sender() -> Celery:
    """An application that only sends: web, commands and workers send alike, whichever Celery application is current there."""
    sender = Celery("sender", broker=settings.REDIS_URL, set_as_current=False, fixups=())
    sender.conf.update(
        task_ignore_result=True,
        broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 5, "max_retries": 1, "interval_start": 0},
    )
    return sender
