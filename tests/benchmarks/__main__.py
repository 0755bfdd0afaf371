"""Runs every benchmark of this folder in a process of its own and prints one JSON object: name → figures.

A benchmark is a module with `measure() -> dict`; figures are ratios against the named peer measured in the same run, beside the
raw values they come from. One that fails, is killed or takes too long has its `error` in the place of figures, and the others are
measured all the same; interrupted, what was measured until then is printed. What is being done stands on stderr.
Usage: python -m tests.benchmarks [NAME ...]
"""

import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from threading import Thread
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [str(ROOT / "platform"), str(ROOT)]
MOST_SECONDS = 1_200
SHOWN_LINES = 12


def main(names: list[str]) -> int:
    if len(names) == 2 and names[0] == "--one":
        module = importlib.import_module(f"tests.benchmarks.{names[1]}")
        sys.stdout.write(json.dumps(module.measure()))
        return 0
    known = [entry.name for entry in pkgutil.iter_modules([str(Path(__file__).parent)]) if not entry.name.startswith("_")]
    figures: dict[str, object] = {}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="assay-bench-") as shared:
            for number, name in enumerate(names or known, 1):
                begun = time.monotonic()
                _tell(f"{name}: {number} of {len(names or known)}")
                figures[name] = _measure(name, shared)
                _tell(f"{name}: {time.monotonic() - begun:.0f} s")
    except KeyboardInterrupt:
        figures["error"] = "interrupted"
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 1 if "error" in figures or any(isinstance(value, dict) and "error" in value for value in figures.values()) else 0


def _measure(name: str, shared: str) -> object:
    """shared: folder for what several benchmarks need."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(SOURCES), "ASSAY_BENCH_SHARED": shared}
    command = [sys.executable, "-m", "tests.benchmarks", "--one", name]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told: deque[str] = deque(maxlen=SHOWN_LINES)
        printed: list[str] = []
        readers = [
            Thread(target=_pass_on, args=(process.stderr, told), daemon=True),
            Thread(target=printed.extend, args=(process.stdout,), daemon=True),
        ]
        for reader in readers:
            reader.start()
        try:
            process.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            told.append(f"took more than {MOST_SECONDS} s")
        finally:
            _end(process)
        for reader in readers:
            reader.join()
    if process.returncode:
        return {"error": [f"ended with {process.returncode}", *told]}
    try:
        return json.loads(printed[-1])
    except (IndexError, ValueError):
        return {"error": ["printed no figures", *told]}


def _pass_on(lines: IO[str], told: deque[str]) -> None:
    for line in lines:
        told.append(line.rstrip())
        sys.stderr.write(f"  {line}")


def _end(process: subprocess.Popen[str]) -> None:
    """With the engines and servers that it started, and may have left behind."""
    for number, patience in ((signal.SIGTERM, 60), (signal.SIGKILL, 10)):
        if process.poll() is None:
            os.killpg(process.pid, number)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue


def _tell(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.path[:0] = SOURCES
    sys.exit(main(sys.argv[1:]))
