"""What a demo training says of itself while it runs: stages, milestones, console; on the demo's clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from assay_client.demo.trainings.plans import Training
from assay_client.demo.trainings.windows import Window
from assay_client.server import JsonObject, Server

Curves = Mapping[str, Sequence[float]]

FITTED_FROM, EVALUATED_FROM = 0.06, 0.92
LEAST_STEPS = 3
LINES_AT_MOST = 200


def tell(server: Server, run_id: str, training: Training, window: Window, *, curves: Curves, error: str) -> None:
    """error: what broke the training, or empty. The same training tells the same, so a repeated request adds nothing."""
    server.post("runs", run_id, "events", body={"events": list_events(run_id, window, curves=curves, error=error)})
    chunks, offsets = [], {"stdout": 0, "stderr": 0}
    for at, stream, line in list_lines(training, window, curves=curves, error=error):
        chunks.append({"stream": stream, "offset": offsets[stream], "text": f"{line}\n", "at": at.isoformat()})
        offsets[stream] += len(f"{line}\n".encode())
    for first in range(0, len(chunks), 50):
        server.post("runs", run_id, "console", body={"chunks": chunks[first : first + 50]})


def list_events(run_id: str, window: Window, *, curves: Curves, error: str) -> list[JsonObject]:
    stages = [("load data", 0.0), ("fit", FITTED_FROM), *([] if error else [("evaluate", EVALUATED_FROM)])]
    marks = [_event(run_id, "stage", name, window.at(fraction), None) for name, fraction in stages]
    name, values = _main_curve(curves)
    if len(values) >= LEAST_STEPS:
        best = _best_step(name, values)
        at = window.at((best + 1) / len(values))
        marks.append(_event(run_id, "milestone", f"best {name}: {values[best]:.4g}", at, best))
    return marks


def list_lines(training: Training, window: Window, *, curves: Curves, error: str) -> list[tuple[datetime, str, str]]:
    """(when, stream, line), in order of time."""
    lines = [
        (window.at(0.0), "stdout", f"loading data set {training.sample}"),
        (
            window.at(FITTED_FROM),
            "stdout",
            f"fitting {training.estimator} " + " ".join(f"{k}={v}" for k, v in training.params.items()),
        ),
    ]
    steps = max((len(values) for values in curves.values()), default=0)
    every = max(1, -(-steps // LINES_AT_MOST))
    if steps >= LEAST_STEPS:
        for step in range(0, steps, every):
            figures = "  ".join(f"{name} {values[step]:.4f}" for name, values in curves.items() if step < len(values))
            lines.append((window.at((step + 1) / steps), "stdout", f"\x1b[2mstep {step + 1:>4}/{steps}\x1b[0m  {figures}"))
    if error:
        lines.append((window.at(1.0), "stderr", f"\x1b[31m{error}\x1b[0m"))
        return lines
    finals = "  ".join(f"{name} {values[-1]:.4f}" for name, values in curves.items() if values)
    return [*lines, (window.at(1.0), "stdout", f"\x1b[32mdone\x1b[0m  {finals}")]


def _main_curve(curves: Curves) -> tuple[str, Sequence[float]]:
    """Of validation before others, the longest."""
    ranked = sorted(curves.items(), key=lambda curve: (not curve[0].startswith("val"), -len(curve[1])))
    return ranked[0] if ranked else ("", ())


def _best_step(name: str, values: Sequence[float]) -> int:
    choose = min if name.endswith(("loss", "rmse")) else max
    return choose(range(len(values)), key=values.__getitem__)


def _event(run_id: str, kind: str, name: str, at: datetime, step: int | None) -> JsonObject:
    key = uuid5(NAMESPACE_URL, f"assay-demo/{run_id}/{kind}/{name}")
    return {"key": str(key), "kind": kind, "name": name, "at": at.isoformat(), "step": step}
