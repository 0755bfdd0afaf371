"""The whole suite in two processes side by side: what needs the live installation, and all the rest. Lines come as they are written."""

import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = {
    "live": ["tests/browser", "tests/wire"],
    "rest": ["tests/unit", "tests/contract", "tests/architecture"],
}


def main() -> int:
    running = {name: _start(folders) for name, folders in PARTS.items()}
    readers = [threading.Thread(target=_repeat, args=(name, process)) for name, process in running.items()]
    for reader in readers:
        reader.start()
    try:
        results = [process.wait() for process in running.values()]
    except KeyboardInterrupt:
        results = [process.wait() for process in running.values()]  # they got the signal too, and clean up
    for reader in readers:
        reader.join()
    return max(map(abs, results))


def _start(folders: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest", "--durations=15", *folders]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _repeat(name: str, process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        sys.stdout.write(f"{name}: {line}")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
