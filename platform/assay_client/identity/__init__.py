"""Where a run runs: the tags that join it to the bill."""

from assay_client.identity.detection import compute_tags, detect_compute
from assay_client.identity.values import Compute

__all__ = ["Compute", "compute_tags", "detect_compute"]
