"""What is recorded of a training beside what it logs: marks, console, source, heartbeats, the machine's load.

Everything goes through one background thread. A training never fails because of it, and never waits for a server.
"""

from assay_client.recording.asking import capture, capture_console, milestone, monitor, record_source, stage

__all__ = ["capture", "capture_console", "milestone", "monitor", "record_source", "stage"]
