"""A month of charges asked for account, service and day."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import duckdb

TURNS = 5
KEYS = ["sub_account_id", "service_name", "charge_date"]


def measure_questions(organization_id: UUID) -> dict[str, float]:
    """The best of several turns, in seconds, and how many groups there are."""
    started = {"bare": _bare(organization_id), "charges": _asking(organization_id, rolled_up=False)}
    started["rollup"] = _asking(organization_id, rolled_up=True)
    seconds: dict[str, list[float]] = {name: [] for name in started}
    answers = {}
    for _ in range(TURNS):
        for name, ask in started.items():
            start = time.perf_counter()
            answers[name] = ask()
            seconds[name].append(time.perf_counter() - start)
    assert answers["bare"] == answers["charges"] == answers["rollup"] > 0
    return {f"{name}_seconds": round(min(found), 4) for name, found in seconds.items()} | {"groups": answers["bare"]}


def _bare(organization_id: UUID) -> Callable[[], int]:
    """DuckDB alone on the same files, opened once as the product's is."""
    from assay.costs.selectors.lake import fetch_files, find_snapshot

    snapshot = find_snapshot(organization_id)
    assert snapshot is not None
    paths, keys = fetch_files(snapshot.files), ", ".join(KEYS)
    connection = duckdb.connect()
    question = f"SELECT {keys}, sum(effective_cost) FROM read_parquet({paths}) GROUP BY ALL"
    return lambda: connection.execute(question).to_arrow_table().num_rows


def _asking(organization_id: UUID, *, rolled_up: bool) -> Callable[[], int]:
    """From finding the ledger's version to the answer."""
    from assay.core.intervals import Interval
    from assay.costs.domain.questions import Question
    from assay.costs.selectors.engines import open_session
    from assay.costs.selectors.lake import find_snapshot
    from assay.costs.selectors.rollups import Needs, charges_table, choose_rollup

    month = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))

    def ask() -> int:
        snapshot = find_snapshot(organization_id)
        assert snapshot is not None
        rollup = choose_rollup(organization_id, snapshot, Needs((month,), frozenset(KEYS))) if rolled_up else None
        assert rolled_up == (rollup is not None)
        charges = charges_table(rollup)
        days = charges.filter(charges.charge_date >= month.start.date(), charges.charge_date < month.end.date())
        expression = days.group_by(KEYS).aggregate(cost=days.effective_cost.sum())
        files: Sequence[Any] = rollup.files if rollup else snapshot.files
        with open_session({"charges": files}) as session:
            return session.ask(Question.SUMS, expression).num_rows

    return ask
