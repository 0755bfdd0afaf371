"""A run on the demo's clock, through the unmodified mlflow client."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assay_client.demo.trainings.plans import TEAM_OF, Training
from assay_client.demo.trainings.samples import Sample
from assay_client.demo.trainings.stories import tell
from assay_client.demo.trainings.windows import Window, milliseconds
from assay_client.server import Server

if TYPE_CHECKING:
    from mlflow import MlflowClient

KEY_TAG = "assay.demo.training"
POINTS_PER_REQUEST = 1000


@dataclass(frozen=True, slots=True)
class Recorder:
    """Creates the runs of one training in its experiment.

    user_name: whose runs they are. server: where they tell of themselves; None for a server that is not Assay's.
    """

    client: "MlflowClient"
    experiment_id: str
    user_name: str
    training: Training
    server: Server | None = None
    curves: dict[str, dict[str, Sequence[float]]] = field(default_factory=dict)

    @contextmanager
    def run(self, window: Window, *, name: str = "", parent_id: str = "", holds_machine: bool = True) -> Iterator[str]:
        """The id of a run that begins at the window's start and ends at its end, failed when the block raises."""
        tags = self._tags(parent_id) | (self.training.claimed.claim(share=window.share).tags() if holds_machine else {})
        run = self.client.create_run(
            self.experiment_id,
            start_time=milliseconds(window.start),
            tags=tags,
            run_name=name or self.training.name,
        )
        status, error = "FAILED", ""
        try:
            yield run.info.run_id
            status = "FINISHED"
        except ValueError as broken:
            error = f"ValueError: {broken}"
            raise
        finally:
            if self.server is not None:
                curves = self.curves.pop(run.info.run_id, {})
                tell(self.server, run.info.run_id, self.training, window, curves=curves, error=error)
            self.client.set_terminated(run.info.run_id, status, end_time=milliseconds(window.end))

    def log_params(self, run_id: str, sample: Sample) -> None:
        from mlflow.entities import Param

        params = {"estimator": self.training.estimator, "dataset": sample.name, **self.training.params}
        self.client.log_batch(run_id, params=[Param(name, str(value)) for name, value in params.items()])

    def log_curves(self, run_id: str, window: Window, curves: Mapping[str, Sequence[float]]) -> None:
        """curves: metric name to its values by step; the points' times are spread over the window."""
        from mlflow.entities import Metric

        self.curves.setdefault(run_id, {}).update(curves)
        points = [
            Metric(name, float(value), milliseconds(window.at((step + 1) / len(values))), step)
            for name, values in curves.items()
            for step, value in enumerate(values)
        ]
        for first in range(0, len(points), POINTS_PER_REQUEST):
            self.client.log_batch(run_id, metrics=points[first : first + POINTS_PER_REQUEST])

    def log_sample(self, run_id: str, sample: Sample) -> None:
        """The data set as a run input, with its digest and schema."""
        import mlflow.data
        from mlflow.entities import DatasetInput, InputTag

        dataset = mlflow.data.from_numpy(sample.train_x, targets=sample.train_y, name=sample.name)  # type: ignore[attr-defined]  # made at import
        inputs = [DatasetInput(dataset._to_mlflow_entity(), tags=[InputTag("mlflow.data.context", "training")])]
        self.client.log_inputs(run_id, inputs)

    def _tags(self, parent_id: str) -> dict[str, str]:
        return {
            KEY_TAG: self.training.name,
            "team": TEAM_OF[self.training.experiment],
            "project": self.training.experiment,
            "dataset": self.training.sample,
            "mlflow.user": self.user_name,
            "mlflow.source.name": "assay demo train",
            "mlflow.source.type": "LOCAL",
            **({"mlflow.parentRunId": parent_id} if parent_id else {}),
        }
