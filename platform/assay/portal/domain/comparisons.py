"""What differs between runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assay.tracking.domain.values import MetricValue, RunView

MOST_RUNS = 12
FEWEST_RUNS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One key of all runs. values: (runs,), None where a run does not have it."""

    key: str
    values: tuple[object, ...]

    @property
    def differs(self) -> bool:
        """Whether runs that have it disagree."""
        return len({value for value in self.values if value is not None}) > 1


def compare_params(runs: Sequence[RunView]) -> list[Line]:
    """Those that differ first."""
    return _lines(runs, lambda run: run.params)


def compare_metrics(runs: Sequence[RunView]) -> list[Line]:
    """Latest values, by key."""
    lines = _lines(runs, lambda run: {key: metric.value for key, metric in run.metrics.items()})
    return sorted(lines, key=lambda line: (line.key.startswith("system/"), line.key))


def compare_origins(runs: Sequence[RunView]) -> list[Line]:
    """Where the code came from and on what it ran: tags that differ, without those that name a run."""
    lines = _lines(runs, lambda run: {key: value for key, value in run.tags.items() if key not in OWN_TAGS})
    return [line for line in lines if len(set(line.values)) > 1]


OWN_TAGS = frozenset(
    {"mlflow.runName", "mlflow.log-model.history", "mlflow.note.content", "assay.sweep.trial", "assay.sweep.attempt"}
)


def charted_keys(runs: Sequence[RunView], *, most: int) -> list[str]:
    """Metrics with a curve in at least one run; those that most runs have first."""

    def having(key: str) -> list[MetricValue]:
        return [run.metrics[key] for run in runs if key in run.metrics]

    keys = {key for run in runs for key in run.metrics if any(metric.count > 1 for metric in having(key))}
    return sorted(keys, key=lambda key: (key.startswith("system/"), -len(having(key)), key))[:most]


def _lines(runs: Sequence[RunView], read: Callable[[RunView], Mapping[str, object]]) -> list[Line]:
    found = [read(run) for run in runs]
    keys = {key for values in found for key in values}
    lines = [Line(key, tuple(values.get(key) for values in found)) for key in keys]
    return sorted(lines, key=lambda line: (not line.differs, line.key))
