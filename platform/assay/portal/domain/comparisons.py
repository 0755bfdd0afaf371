"""What differs between runs."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assay.portal.domain.curves import SYSTEM, charted_keys, sort_keys
from assay.tracking.domain.content import Source
from assay.tracking.domain.values import DatasetUse, RunView

MOST_RUNS = 100
FEWEST_RUNS = 2
MOST_CELLS = 20_000
LESS_IS_BETTER = re.compile(
    r"(?:^|[^a-z])(?:loss|error|err|rmse|mse|mae|mape|perplexity|ppl|nll|wer|cer|fid|latency|time|seconds|cost|regret|kl)(?:[^a-z]|$)"
)
OWN_TAGS = frozenset(
    {
        "mlflow.runName",
        "mlflow.log-model.history",
        "mlflow.loggedImages",
        "mlflow.note.content",
        "mlflow.parentRunId",
        "mlflow.source.git.commit",
        "assay.sweep.trial",
        "assay.sweep.attempt",
    }
)
"""Tags that every run has of its own, or that stand elsewhere in the table."""


@dataclass(frozen=True, slots=True)
class Line:
    """One key of all runs. values: (runs,), None where a run does not have it. best: places of the best values."""

    key: str
    values: tuple[object, ...]
    best: frozenset[int] = frozenset()

    @property
    def differs(self) -> bool:
        """Whether not all runs have the same, a run that has none included."""
        return len(set(self.values)) > 1

    @property
    def cells(self) -> list[tuple[object, bool]]:
        """(value, whether it is the best) per run."""
        return [(value, place in self.best) for place, value in enumerate(self.values)]


@dataclass(frozen=True, slots=True)
class Group:
    """lines: those that differ first. alike: how many are the same in all runs. left_out: how many are not here."""

    label: str
    lines: tuple[Line, ...]
    alike: int
    left_out: int = 0
    is_metrics: bool = False


def compare_params(runs: Sequence[RunView]) -> list[Line]:
    return _lines([run.params for run in runs])


def compare_metrics(runs: Sequence[RunView]) -> list[Line]:
    """Latest values, those of the machine last; the best of each marked."""
    lines = _lines([{key: metric.value for key, metric in run.metrics.items()} for run in runs])
    return [replace(line, best=find_best(line)) for line in sorted(lines, key=lambda line: line.key.startswith(SYSTEM))]


def compare_data(uses: Sequence[Iterable[DatasetUse]]) -> list[Line]:
    """Digests of the data that each run read, by what for and name."""
    return _lines([{_name_use(use): use.dataset.digest for use in of_run} for of_run in uses])


def compare_code(sources: Sequence[Source | None]) -> list[Line]:
    return _lines([_describe_source(source) for source in sources])


def compare_packages(sources: Sequence[Source | None]) -> list[Line]:
    """Versions, among runs of which packages are known."""
    return _lines([source.packages if source else {} for source in sources])


def compare_tags(runs: Sequence[RunView]) -> list[Line]:
    return _lines([{key: value for key, value in run.tags.items() if key not in OWN_TAGS} for run in runs])


def group_lines(label: str, lines: Sequence[Line], *, only_differing: bool, runs: int, is_metrics: bool = False) -> Group:
    """Bounded, so that a table of a hundred runs stays one that a browser can hold."""
    differing = [line for line in lines if line.differs]
    alike = [] if only_differing else [line for line in lines if not line.differs]
    shown = [*differing, *alike]
    most = max(MOST_CELLS // max(runs, 1), 1)
    return Group(label, tuple(shown[:most]), len(lines) - len(differing), max(len(shown) - most, 0), is_metrics)


def is_less_better(key: str) -> bool:
    """By the words in its name: a loss, an error, a time."""
    return bool(LESS_IS_BETTER.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()))


def find_best(line: Line) -> frozenset[int]:
    """Places of the best number; none where all are the same, or only one run has it."""
    known = {place: value for place, value in enumerate(line.values) if isinstance(value, float) and not math.isnan(value)}
    if len(set(known.values())) < 2:
        return frozenset()
    best = min(known.values()) if is_less_better(line.key) else max(known.values())
    return frozenset(place for place, value in known.items() if value == best)


def list_curve_keys(runs: Sequence[RunView]) -> list[str]:
    """Metrics with a curve in at least one run; those that most runs have first."""
    counts: dict[str, int] = {}
    for run in runs:
        for key in charted_keys(run.metrics, is_live=False):
            counts[key] = counts.get(key, 0) + 1
    return sorted(sort_keys(counts), key=lambda key: -counts[key])


def name_apart(runs: Sequence[RunView]) -> list[str]:
    """Names; of runs with the same name, with the end of their ids."""
    names = [run.name or run.id.hex[:8] for run in runs]
    return [name if names.count(name) == 1 else f"{name} ({run.id.hex[-6:]})" for name, run in zip(names, runs, strict=True)]


def _name_use(use: DatasetUse) -> str:
    return f"{use.context}: {use.dataset.name}" if use.context else use.dataset.name


def _describe_source(source: Source | None) -> Mapping[str, object]:
    if source is None:
        return {}
    facts = {
        "commit": source.commit[:12],
        "branch": source.branch,
        "changes": {True: "changed files", False: "none", None: ""}[source.is_dirty],
        "command": source.command,
        "entry point": source.entry_point,
        "Python": source.python_version,
        "packages": source.packages_digest[:10],
    }
    return {name: value for name, value in facts.items() if value}


def _lines(found: Sequence[Mapping[str, object]]) -> list[Line]:
    """Those that differ first, each part by key."""
    keys = {key for values in found for key in values}
    lines = [Line(key, tuple(values.get(key) for values in found)) for key in sort_keys(keys)]
    return sorted(lines, key=lambda line: not line.differs)
