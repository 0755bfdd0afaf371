"""What lists are asked for, and the pages they give."""

from dataclasses import dataclass
from uuid import UUID

from assay.tracking.domain.states import Visibility
from assay.tracking.domain.values import ExperimentView, LoggedModelView, MetricPoint, RunView

DatasetKey = tuple[str, str]
"""A dataset's name, and its digest or an empty text for any."""


@dataclass(frozen=True, slots=True)
class RunQuery:
    """experiment_ids: None for every experiment. filter, order_by: the search grammar; ties go to the newest run.

    page_token: next_page_token of the page before, or empty for the first. view: which lifecycle stages.
    """

    experiment_ids: tuple[UUID, ...] | None = None
    filter: str = ""
    order_by: tuple[str, ...] = ()
    limit: int = 100
    page_token: str = ""
    view: Visibility = Visibility.ACTIVE_ONLY


@dataclass(frozen=True, slots=True)
class RunPage:
    """next_page_token: None on the last page."""

    runs: tuple[RunView, ...]
    next_page_token: str | None


@dataclass(frozen=True, slots=True)
class ExperimentQuery:
    """As RunQuery; without order_by the newest come first. team_id: only that team's; None for all."""

    team_id: UUID | None = None
    filter: str = ""
    order_by: tuple[str, ...] = ()
    limit: int = 100
    page_token: str = ""
    view: Visibility = Visibility.ACTIVE_ONLY


@dataclass(frozen=True, slots=True)
class ExperimentPage:
    experiments: tuple[ExperimentView, ...]
    next_page_token: str | None


@dataclass(frozen=True, slots=True)
class LoggedModelQuery:
    """As RunQuery.

    datasets: the metrics that filter speaks of must lie on one of them; without such, any metric of the model must.
    order_datasets: per term of order_by the dataset whose metric counts; empty, or an empty name, for any.
    """

    experiment_ids: tuple[UUID, ...] = ()
    filter: str = ""
    order_by: tuple[str, ...] = ()
    limit: int = 100
    page_token: str = ""
    datasets: tuple[DatasetKey, ...] = ()
    order_datasets: tuple[DatasetKey, ...] = ()


@dataclass(frozen=True, slots=True)
class LoggedModelPage:
    models: tuple[LoggedModelView, ...]
    next_page_token: str | None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """points: by (timestamp_ms, step, value)."""

    points: tuple[MetricPoint, ...]
    next_page_token: str | None
