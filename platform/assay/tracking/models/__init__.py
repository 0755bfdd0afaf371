"""Tables of tracking. Metric points and their latest values are written by services.points alone."""

from assay.tracking.models.content import ConsoleChunk, ConsoleLog, RunEvent, SourceSnapshot
from assay.tracking.models.datasets import Dataset, RunInput
from assay.tracking.models.experiments import Experiment, ExperimentNumbers, ExperimentTag
from assay.tracking.models.logged_models import (
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    RunModel,
)
from assay.tracking.models.metrics import LatestMetric, MetricSegment
from assay.tracking.models.runs import Run, RunParam, RunTag
from assay.tracking.models.traces import Trace, TraceMetadata, TraceSpan, TraceTag

__all__ = [
    "ConsoleChunk",
    "ConsoleLog",
    "Dataset",
    "Experiment",
    "ExperimentNumbers",
    "ExperimentTag",
    "LatestMetric",
    "LoggedModel",
    "LoggedModelMetric",
    "LoggedModelParam",
    "LoggedModelTag",
    "MetricSegment",
    "Run",
    "RunEvent",
    "RunInput",
    "RunModel",
    "RunParam",
    "RunTag",
    "SourceSnapshot",
    "Trace",
    "TraceMetadata",
    "TraceSpan",
    "TraceTag",
]
