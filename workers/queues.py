"""Queues, and how long a task may take.

`default`: everything short. `bills`: imports, one after another on one worker, so that a large bill holds up nothing else. `trials`: trials, each of which holds a worker for as long as its command runs, so an installation
that runs many gives this queue workers of its own (`-Q trials`).
"""

from datetime import timedelta

from kombu.entity import Exchange, Queue

DEFAULT = "default"
BILLS = "bills"
TRIALS = "trials"
QUEUES = tuple(
    Queue(name, Exchange(name, "direct"), routing_key=name)  # type: ignore[no-untyped-call]  # kombu ships no types
    for name in (DEFAULT, BILLS, TRIALS)
)
ROUTES = {"costs.import_bill": {"queue": BILLS}, "tuning.run_trial": {"queue": TRIALS}}

SOFT_LIMIT = timedelta(minutes=10)
HARD_LIMIT = timedelta(minutes=11)

VISIBILITY = timedelta(hours=5)
"""After this long Redis delivers an unacknowledged message again. It exceeds the limit of every task but a trial's; a trial that
runs for longer is delivered twice, which its claim makes harmless."""
