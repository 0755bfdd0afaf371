"""Steps of a benchmark in processes of their own, so that what one of them takes is its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_python(environment: Mapping[str, str], *arguments: str) -> str:
    """Run Python in the checkout's root. returns: what it printed. raises: RuntimeError with the end of what it complained of."""
    paths = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2_000:]}")
    return done.stdout
