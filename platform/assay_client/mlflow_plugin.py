"""The MLflow plugin: each run that `mlflow.start_run` creates carries the machine it runs on.

MLflow finds it by the entry point `mlflow.run_context_provider`; training code needs no change.
"""

from mlflow.tracking.context.abstract_context import RunContextProvider

from assay_client.identity import compute_tags


class AssayRunContext(RunContextProvider):
    """Tags every run with `assay.compute.*`; on servers other than Assay they are plain tags."""

    def in_context(self) -> bool:
        return True

    def tags(self) -> dict[str, str]:
        return compute_tags()
