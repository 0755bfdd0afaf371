"""The whole suite side by side: lint, and tests in three processes for what needs the live installation, the ledger, and all the rest.

The live part waits for browsers and servers and takes longest, so the others stand back. Lines come as they are written. Data lie in
memory where there is room: files that come and go by the thousand wait for no disk. Tables are made once (tests/plugins/clusters.py).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MONEY = ("tests/unit/costs", "tests/unit/clouds", "tests/unit/recommendations")
PARTS = {
    "live": ["tests/browser", "tests/wire"],
    "money": [*MONEY, "tests/spark"],
    "rest": ["tests/unit", "tests/contract", "tests/architecture", *(f"--ignore={folder}" for folder in MONEY)],
}
MEMORY = Path("/dev/shm")  # noqa: S108  folders in it are made by tempfile
ROOM_BYTES = 16 << 30


def main() -> int:
    room = {"TMPDIR": str(MEMORY)} if _has_room() else {}
    with tempfile.TemporaryDirectory(prefix="assay-test-", dir=room.get("TMPDIR")) as clusters:
        Path(clusters).chmod(0o711)
        return _run_all(os.environ | room | {"ASSAY_TEST_CLUSTERS": clusters})


def _run_all(environment: Mapping[str, str]) -> int:
    running = {name: _start(_test(arguments), environment, niceness=5 * (name != "live")) for name, arguments in PARTS.items()}
    running["lint"] = _start(["make", "--no-print-directory", "lint"], environment, niceness=5)
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


def _has_room() -> bool:
    return (
        "TMPDIR" not in os.environ
        and os.access(MEMORY, os.W_OK)
        and min(shutil.disk_usage(MEMORY).free, _memory_bytes()) >= ROOM_BYTES
    )


def _memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _test(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "--durations=15", "-p", "no:cacheprovider", *arguments]


def _start(command: list[str], environment: Mapping[str, str], *, niceness: int) -> subprocess.Popen[str]:
    niced = ["nice", "-n", str(niceness), *command]
    return subprocess.Popen(niced, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _repeat(name: str, process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        sys.stdout.write(f"{name}: {line}")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
