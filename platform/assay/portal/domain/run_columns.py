"""The columns that a run table offers: fixed ones, and one per metric, param and tag."""

from collections import Counter
from collections.abc import Iterable, Sequence

from assay.portal.domain.tables import Column, Sort
from assay.tracking.domain.values import RunView

COST, TREND, PER_POINT = "cost", "trend", "per_point"
NAME = Column("name", "Run", pinned=True)
FIXED = (
    NAME,
    Column("status", "Status"),
    Column(
        COST,
        "Dollars",
        numeric=True,
        first_descending=True,
        hint="What the run cost: actual from the bill, else an estimate; ordered within each currency",
    ),
    Column("started", "Started", first_descending=True),
    Column("duration", "Duration", numeric=True, sortable=False),
    Column("user", "User"),
    Column("machine", "Machine", sortable=False),
    Column(TREND, "Trend", sortable=False, hint="The chosen metric over its steps"),
    Column(
        PER_POINT,
        "$ per point",
        numeric=True,
        sortable=False,
        hint="Dollars for each hundredth by which the chosen metric is better than in the experiment's first run",
    ),
)
DEFAULT_FIXED = ("status", COST, "started", "duration")
ATTRIBUTES = {"name": "run_name", "status": "status", "started": "start_time", "user": "user_id"}
METRICS_SHOWN = 4
PARAMS_SHOWN = 3
METRIC, PARAM, TAG = "metric:", "param:", "tag:"
KEYED = (METRIC, PARAM, TAG)


def offer_columns(metric_keys: Iterable[str], param_keys: Iterable[str], tag_keys: Iterable[str] = ()) -> tuple[Column, ...]:
    return (
        *FIXED,
        *(Column(METRIC + key, key, numeric=True, first_descending=True, kind="metric") for key in metric_keys),
        *(Column(PARAM + key, key, kind="param") for key in param_keys),
        *(Column(TAG + key, key, kind="tag") for key in tag_keys),
    )


def list_common_metrics(runs: Sequence[RunView]) -> list[str]:
    """Keys of the runs' metrics, those that most have first, the machine's own last."""
    return _commonest(run.metrics for run in runs)


def default_columns(runs: Sequence[RunView]) -> tuple[str, ...]:
    """What is shown before anybody chose: the metrics that most runs have, and the params that differ between them."""
    metrics = list_common_metrics(runs)[:METRICS_SHOWN]
    differing = [
        key for key in _commonest(run.params for run in runs) if len({run.params[key] for run in runs if key in run.params}) > 1
    ]
    has_curves = any(run.metrics[key].count > 1 for run in runs for key in metrics[:1] if key in run.metrics)
    return (
        *DEFAULT_FIXED,
        *((TREND,) if has_curves else ()),
        *(METRIC + key for key in metrics),
        *(PARAM + key for key in differing[:PARAMS_SHOWN]),
    )


def order_clause(sort: Sort | None) -> tuple[str, ...]:
    """The tracking grammar's order for a column; empty for the dollars, which tracking does not know."""
    if sort is None or sort.key == COST:
        return ()
    direction = "DESC" if sort.descending else "ASC"
    if sort.key.startswith(METRIC):
        return (f"metrics.{_quoted(sort.key.removeprefix(METRIC))} {direction}",)
    if sort.key.startswith(PARAM):
        return (f"params.{_quoted(sort.key.removeprefix(PARAM))} {direction}",)
    if sort.key.startswith(TAG):
        return (f"tags.{_quoted(sort.key.removeprefix(TAG))} {direction}",)
    return (f"attributes.{ATTRIBUTES[sort.key]} {direction}",)


def _quoted(key: str) -> str:
    return f'"{key}"' if "`" in key else f"`{key}`"


def _commonest(mappings: Iterable[Iterable[str]]) -> list[str]:
    counts = Counter(key for mapping in mappings for key in mapping)
    return sorted(counts, key=lambda key: (key.startswith("system/"), -counts[key], key))
