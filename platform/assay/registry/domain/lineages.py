"""Where a model version comes from, and what that cost."""

from collections.abc import Mapping
from dataclasses import dataclass

from assay.costs.domain.run_costs import ExperimentCost, RunCostView
from assay.registry.domain.values import ModelVersionView, RegisteredModelView
from assay.tracking.domain.values import DatasetUse, RunView

COMMIT = "mlflow.source.git.commit"
REPOSITORY = "mlflow.source.git.repoURL"
SOURCE_NAME = "mlflow.source.name"


@dataclass(frozen=True, slots=True)
class Code:
    """What a run executed. commit, repository, entry: empty where the client did not say."""

    commit: str
    repository: str
    entry: str

    @property
    def link(self) -> str:
        """The commit's page where the repository is on the web; empty otherwise."""
        base = self.repository.removesuffix(".git").rstrip("/")
        return f"{base}/commit/{self.commit}" if self.commit and base.startswith("https://") else ""


@dataclass(frozen=True, slots=True)
class VersionLineage:
    """A version, the run that made it with its cost, and what that run read and executed. run, cost: None when it is not here."""

    version: ModelVersionView
    run: RunView | None = None
    cost: RunCostView | None = None
    datasets: tuple[DatasetUse, ...] = ()

    @property
    def code(self) -> Code | None:
        return read_code(self.run.tags) if self.run else None


@dataclass(frozen=True, slots=True)
class ModelWithCost:
    """cost: of the runs behind all its versions, each run once. versions: how many there are."""

    model: RegisteredModelView
    versions: int
    cost: ExperimentCost


def read_code(tags: Mapping[str, str]) -> Code | None:
    code = Code(tags.get(COMMIT, ""), tags.get(REPOSITORY, ""), tags.get(SOURCE_NAME, ""))
    return code if code.commit or code.entry else None
