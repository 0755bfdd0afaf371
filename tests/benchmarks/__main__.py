"""Runs every benchmark of this folder in a process of its own and prints one JSON object: name → figures.

A benchmark is a module with `measure() -> dict`; figures are ratios against the named peer measured in the same run, beside the
raw values they come from. Usage: python -m tests.benchmarks [NAME ...]
"""

import importlib
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [str(ROOT / "platform"), str(ROOT)]


def main(names: list[str]) -> int:
    if len(names) == 2 and names[0] == "--one":
        module = importlib.import_module(f"tests.benchmarks.{names[1]}")
        sys.stdout.write(json.dumps(module.measure()))
        return 0
    known = [entry.name for entry in pkgutil.iter_modules([str(Path(__file__).parent)]) if not entry.name.startswith("_")]
    figures: dict[str, object] = {}
    for name in names or known:
        sys.stderr.write(f"measuring {name}\n")
        figures[name] = _measure(name)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 1 if any(isinstance(value, dict) and "error" in value for value in figures.values()) else 0


def _measure(name: str) -> object:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(SOURCES)}
    command = [sys.executable, "-m", "tests.benchmarks", "--one", name]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-5:]}
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    sys.path[:0] = SOURCES
    sys.exit(main(sys.argv[1:]))
