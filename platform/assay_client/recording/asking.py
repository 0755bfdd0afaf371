"""What training code may ask for. Nothing here raises, and nothing waits for the server."""

import logging
import os
from datetime import UTC, datetime
from uuid import uuid4

from assay_client.failures import ClientFailed
from assay_client.recording.addressing import find_active_run, find_run_of_thread
from assay_client.recording.links import Feature
from assay_client.recording.recorder import START_TAG, recorder

log = logging.getLogger("assay_client")

CAPTURE = "ASSAY_CAPTURE"
_warned: set[str] = set()


def stage(name: str, *, step: int | None = None, run_id: str | None = None) -> None:
    """A part of the active run begins; it lasts until the next stage or the run's end. run_id: of another run."""
    _mark("stage", name, step, run_id)


def milestone(name: str, *, step: int | None = None, run_id: str | None = None) -> None:
    """Something happened in the active run, worth a mark on its charts."""
    _mark("milestone", name, step, run_id)


def capture() -> None:
    """Console, source, heartbeats and the machine's load, of the active run and of all that are started from now on."""
    _capture(frozenset(Feature))


def capture_console() -> None:
    """What Python writes to stdout and stderr, and heartbeats, by which a killed run is known to be lost."""
    _capture(frozenset({Feature.CONSOLE, Feature.HEARTBEAT}))


def record_source() -> None:
    """Git commit and diff, command, packages."""
    _capture(frozenset({Feature.SOURCE}))


def monitor() -> None:
    """CPU, memory, disk, network and GPUs, every 10 seconds, as metrics below `system/`."""
    _capture(frozenset({Feature.MONITOR, Feature.HEARTBEAT}))


def capture_as_asked() -> None:
    """Called when MLflow is imported. ASSAY_CAPTURE: 1 for everything, or a list such as `console,source`."""
    asked = os.environ.get(CAPTURE, "").strip().lower()
    if asked in {"", "0", "false", "no", "off"}:
        return
    if asked in {"1", "true", "yes", "on", "all"}:
        capture()
        return
    known = {feature.value: feature for feature in Feature}
    words = [word.strip() for word in asked.split(",") if word.strip()]
    unknown = [word for word in words if word not in known]
    if unknown:
        _warn(f"{CAPTURE} names {', '.join(unknown)}; it may be 1, or any of {', '.join(known)}.")
    chosen = frozenset(known[word] for word in words if word in known)
    _capture(chosen | {Feature.HEARTBEAT} if chosen else chosen)


def start_tags() -> dict[str, str]:
    """Called when MLflow makes a run, in the thread that starts it."""
    if not recorder.features:
        return {}
    return {START_TAG: recorder.expect_run(is_nested=find_run_of_thread() is not None)}


def _capture(features: frozenset[Feature]) -> None:
    if not features:
        return
    try:
        recorder.capture(features)
        run_id = find_active_run()
        if run_id:
            recorder.attach(run_id)
    except ClientFailed as error:
        _warn(str(error))


def _mark(kind: str, name: str, step: int | None, run_id: str | None) -> None:
    try:
        known = run_id or find_active_run()
        if not known:
            _warn(f"No run is active, so the {kind} {name!r} is not recorded: call it inside `with mlflow.start_run():`.")
            return
        at = datetime.now(UTC).isoformat()
        recorder.add_mark(known, {"key": str(uuid4()), "kind": kind, "name": str(name)[:250], "at": at, "step": step})
    except ClientFailed as error:
        _warn(str(error))


def _warn(message: str) -> None:
    """Once per process and message."""
    if message not in _warned:
        _warned.add(message)
        log.warning("Assay: %s", message)
