"""The MLflow plugin: each run that `mlflow.start_run` creates carries the machine it runs on, and is captured where that is asked.

MLflow finds it by the entry point `mlflow.run_context_provider` and makes it while it is being imported; training code needs
no change. ASSAY_CAPTURE=1 begins to capture here.
"""

import os

from mlflow.tracking.context.abstract_context import RunContextProvider

from assay_client.identity import compute_tags
from assay_client.recording.asking import CAPTURE, capture_as_asked, start_tags


class AssayRunContext(RunContextProvider):
    """Tags every run with `assay.compute.*`; on servers other than Assay they are plain tags."""

    def __init__(self) -> None:
        if os.environ.get(CAPTURE):
            capture_as_asked()

    def in_context(self) -> bool:
        return True

    def tags(self) -> dict[str, str]:
        return compute_tags() | start_tags()
