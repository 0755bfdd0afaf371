"""Run search over HTTP in an experiment of 100,000 runs with 50 metrics and 30 params each, and in one of half as many.

Each question is asked several times in turn with the others; a page has 100 runs. Counting is what the portal's run table does.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import django
import msgspec
import psycopg

from tests.benchmarks._servers import Server
from tests.plugins.stack import Stack, running_stack

SIZES = tuple(int(size) for size in os.environ.get("ASSAY_BENCH_RUNS", "50000,100000").split(","))
METRICS, PARAMS = 50, 30
TURNS = 8
ROWS = 100
QUESTIONS: dict[str, tuple[str, list[str]]] = {
    "newest": ("", []),
    "best of a team": (
        "metrics.metric_03 > 0.1 AND params.param_05 != 'x' AND tags.team = 'vision'",
        ["metrics.metric_07 DESC"],
    ),
    "one in a hundred by a metric": ("metrics.metric_03 > 0.99", ["metrics.metric_07 ASC"]),
    "a handful": ("metrics.metric_03 > 0.9999", ["metrics.metric_07 DESC"]),
    "three rare conditions": (
        "metrics.metric_03 > 0.9 AND metrics.metric_04 < 0.1 AND params.param_04 LIKE 'choice-1%'",
        ["metrics.metric_07 DESC"],
    ),
    "equal texts, oldest first": ("params.param_03 = '2' AND tags.team = 'speech'", ["attributes.start_time ASC"]),
    "failed by name": ("attributes.status = 'FAILED'", ["attributes.run_name ASC"]),
    "by a param, then a metric": ("metrics.metric_03 > 0.5", ["params.param_04 DESC", "metrics.metric_01 ASC"]),
}


@dataclass(frozen=True)
class Filled:
    experiment_id: UUID
    number: int


def measure() -> dict[str, object]:
    """Milliseconds by size: p50 and p95 over all questions, the median of each, and of counting what each finds."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with running_stack(folder / "home", ASSAY_DEMO="0") as stack:
            os.environ |= {"ASSAY_HOME": str(stack.home), "DJANGO_SETTINGS_MODULE": "assay.settings"}
            django.setup()
            return _measure(stack)


def _measure(stack: Stack) -> dict[str, object]:
    from assay.accounts.services import admission

    organization_id = admission.authenticate(f"Bearer {stack.token}").organization_id
    server = Server(stack.url, {"Authorization": f"Bearer {stack.token}"})
    filled = {size: _fill(organization_id, size) for size in SIZES}
    _vacuum(stack)
    figures = {size: _ask(server, organization_id, filled[size]) for size in SIZES}
    return {"rows": ROWS, "metrics_a_run": METRICS, "params_a_run": PARAMS, "runs": figures}


def _fill(organization_id: UUID, size: int) -> Filled:
    from assay.core import tenancy
    from assay.tracking.selectors.experiments import get_experiment
    from tests.factories.scale import Scale, fill_experiment

    with tenancy.scope(organization_id):
        scale = Scale(size, metrics=METRICS, params=PARAMS, priced=False)
        experiment_id = fill_experiment(organization_id, scale, name=f"{size} runs")
        return Filled(experiment_id, get_experiment(organization_id, experiment_id).number)


def _vacuum(stack: Stack) -> None:
    """What autovacuum does within minutes."""
    lines = (stack.home / "engines.env").read_text().splitlines()
    owner = dict(line.split("=", 1) for line in lines)["DATABASE_OWNER_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        for table in ("run", "latestmetric", "runparam", "runtag", "experiment"):
            connection.execute(f"VACUUM ANALYZE tracking_{table}")


def _ask(server: Server, organization_id: UUID, filled: Filled) -> dict[str, object]:
    from assay.core import tenancy
    from assay.tracking.domain.queries import RunQuery
    from assay.tracking.selectors.runs import count_runs

    connection = server.connect()

    def search(text: str, order: list[str]) -> None:
        body = {"experiment_ids": [str(filled.number)], "filter": text, "order_by": order, "max_results": ROWS}
        server.post_raw(connection, "runs/search", msgspec.json.encode(body))

    def count(text: str, _order: list[str]) -> None:
        with tenancy.scope(organization_id):
            count_runs(organization_id, RunQuery((filled.experiment_id,), filter=text))

    return {"search": _times(search), "count": _times(count)}


def _times(ask: Callable[[str, list[str]], None]) -> dict[str, object]:
    taken: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for _ in range(TURNS):
        for name, question in QUESTIONS.items():
            start = time.perf_counter()
            ask(*question)
            taken[name].append((time.perf_counter() - start) * 1_000)
    every = sorted(value for values in taken.values() for value in values)
    by_question = {name: round(statistics.median(values), 1) for name, values in taken.items()}
    return {
        "p50": round(statistics.median(every), 1),
        "p95": round(every[int(len(every) * 0.95)], 1),
        "by_question": by_question,
    }
