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
    if len(body.run_ids) > MOST_RUNS:
        raise Invalid(
            f"GetMetricHistoryBulkInterval request must specify at most {MOST_RUNS} run_ids. "
            f"Received {len(body.run_ids)} run_ids.",
            field="run_ids",
        )
    run_ids = [parse_run_id(text) for text in require(body.run_ids or None, "run_ids")]
    for run_id in set(run_ids) - set(get_runs(call.organization_id, run_ids)):
        raise RunNotFound(run_id)
    sampled = sample(
        call.organization_id,
        run_ids,
        require(body.metric_key, "metric_key"),
        steps=_steps(body.start_step, body.end_step),
        max_points=_most_points(body.max_results),
    )
    return {"metrics": [write_metric_of_run(run_id, point) for run_id in run_ids for point in sampled.get(run_id, ())]}


@reads(bodies.BulkHistory)
def get_bulk(call: Call, body: bodies.BulkHistory) -> Wire:
    """All points of several runs, at most max_results in all, and never more than a page."""
    if not body.run_id:
        raise Invalid("GetMetricHistoryBulk request must specify at least one run_id.", field="run_id")
    if len(body.run_id) > MOST_RUNS:
        raise Invalid(
            f"GetMetricHistoryBulk request cannot specify more than {MOST_RUNS} run_ids. Received {len(body.run_id)} run_ids.",
            field="run_id",
        )
    if body.metric_key is None:
        raise Invalid("GetMetricHistoryBulk request must specify a metric_key.", field="metric_key")
    run_ids, key = sorted(parse_run_id(text) for text in body.run_id), body.metric_key
    left = PAGE if body.max_results is None else min(max(body.max_results, 0), PAGE)
    metrics = []
    for run_id in run_ids:
        points = history(call.organization_id, run_id, key, limit=left).points if left else ()
        metrics += [write_metric_of_run(run_id, point) for point in points]
        left -= len(points)
    return {"metrics": metrics}


def _most_points(max_results: int | None) -> int:
    """A curve has two ends: fewer points than that are not asked of the sampler."""
    if max_results is not None and not 1 <= max_results <= MOST_SAMPLES:
        raise Invalid(f"max_results must be between 1 and {MOST_SAMPLES}.", field="max_results")
    return max(max_results or MOST_SAMPLES, 2)


def _steps(start: int | None, end: int | None) -> range:
    if start is None and end is None:
        return INT64
    if start is None or end is None:
        raise Invalid("If either start step or end step are specified, both must be specified.", field="start_step")
    if start > end:
        raise Invalid(
            f"end_step must be greater than start_step. Found start_step={start} and end_step={end}.", field="end_step"
        )
    return range(start, end + 1)
