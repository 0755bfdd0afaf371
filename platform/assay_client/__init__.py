"""The client of Assay: its command line, its MLflow plugin, the identity of the machine, and what it records of a training.

In training code, all of it optional and none of it ever raising:

    import assay_client
    assay_client.stage("fit")                  # until the next stage, or the run's end
    assay_client.milestone("best so far", step=epoch)
    assay_client.capture()                     # console, source, heartbeats and machine; as ASSAY_CAPTURE=1 does
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay_client.recording import capture, capture_console, milestone, monitor, record_source, stage

__version__ = "0.1.0"
__all__ = ["capture", "capture_console", "milestone", "monitor", "record_source", "stage"]


def __getattr__(name: str) -> object:
    """Recording brings the HTTP client, which naming the machine does not need."""
    if name in __all__:
        value: object = getattr(import_module("assay_client.recording"), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
