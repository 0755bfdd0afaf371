"""metrics/*: history, whole or sampled."""

from assay.core.errors import Invalid
from assay.tracking.api.mlflow import bodies
from assay.tracking.api.mlflow.calls import Call, Wire, reads
from assay.tracking.api.mlflow.parse import limit_of, parse_run_id, require, run_id_of
from assay.tracking.api.mlflow.serialize import write_metric, write_metric_of_run, write_page
from assay.tracking.domain.errors import RunNotFound
from assay.tracking.domain.limits import INT64
from assay.tracking.selectors.metrics import history, sample
from assay.tracking.selectors.runs import get_run, get_runs

PAGE = 25_000
MOST_RUNS = 100
MOST_SAMPLES = 2_500


@reads(bodies.MetricHistory)
def get_history(call: Call, body: bodies.MetricHistory) -> Wire:
    run_id, key = run_id_of(body), require(body.metric_key, "metric_key")
    limit = limit_of(body.max_results, default=PAGE, highest=PAGE)
    get_run(call.organization_id, run_id)
    page = history(call.organization_id, run_id, key, limit=limit, page_token=body.page_token or "")
    return write_page("metrics", map(write_metric, page.points), page.next_page_token)


@reads(bodies.BulkInterval)
def get_sampled(call: Call, body: bodies.BulkInterval) -> Wire:
    """Of each run at most max_results points, evenly taken."""
    run_ids = [parse_run_id(text) for text in _some_runs(body.run_ids, "run_ids")]
    for run_id in set(run_ids) - set(get_runs(call.organization_id, run_ids)):
        raise RunNotFound(run_id)
    sampled = sample(
        call.organization_id,
        run_ids,
        require(body.metric_key, "metric_key"),
        steps=_steps(body.start_step, body.end_step),
        max_points=limit_of(body.max_results, default=MOST_SAMPLES, highest=MOST_SAMPLES),
    )
    return {"metrics": [write_metric_of_run(run_id, point) for run_id in run_ids for point in sampled.get(run_id, ())]}


@reads(bodies.BulkHistory)
def get_bulk(call: Call, body: bodies.BulkHistory) -> Wire:
    """All points of several runs, at most max_results in all."""
    run_ids = sorted(parse_run_id(text) for text in _some_runs(body.run_id, "run_id"))
    left, key = limit_of(body.max_results, default=PAGE, highest=PAGE), require(body.metric_key, "metric_key")
    metrics = []
    for run_id in run_ids:
        points = history(call.organization_id, run_id, key, limit=left).points if left else ()
        metrics += [write_metric_of_run(run_id, point) for point in points]
        left -= len(points)
    return {"metrics": metrics}


def _some_runs(run_ids: list[str], field: str) -> list[str]:
    require(run_ids or None, field)
    if len(run_ids) > MOST_RUNS:
        raise Invalid(
            f"GetMetricHistoryBulkInterval request can contain at most {MOST_RUNS} runs, got {len(run_ids)}.", field=field
        )
    return run_ids


def _steps(start: int | None, end: int | None) -> range:
    if start is None and end is None:
        return INT64
    if start is None or end is None:
        raise Invalid("If either start step or end step are specified, both must be specified.", field="start_step")
    if start > end or start not in INT64 or end not in INT64:
        raise Invalid(f"end_step must be at least start_step. Found start_step={start} and end_step={end}.", field="end_step")
    return range(start, end + 1)
