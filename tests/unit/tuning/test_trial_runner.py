"""The process that runs a command: reports how it ended, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.core.home import ROOT
from assay.tuning.domain.outcomes import CommandEnd
from assay.tuning.services import processes
from assay.tuning.services.processes import TrialProcess

PATIENCE_SECONDS = 60.0


def _run(tmp_path: Path, script: str, *, timeout_seconds: int = 30, workdir: str = "") -> TrialProcess:
    return TrialProcess(
        [sys.executable, "-c", script],
        environment={"GREETING": "hello"},
        workdir=workdir or str(tmp_path),
        output=tmp_path,
        timeout_seconds=timeout_seconds,
    )


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _is_gone(pid: int) -> bool:
    """Dead, also when nobody has collected it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_output_and_exit_code_come_back(tmp_path: Path) -> None:
    script = "import os,sys; print(os.environ['GREETING'], os.getcwd()); print('bad\\n\\n', file=sys.stderr); sys.exit(3)"
    with _run(tmp_path, script) as process:
        assert process.wait(PATIENCE_SECONDS)
        report = process.read_report()
    assert (report.end, report.exit_code, report.last_words) == (CommandEnd.EXITED, 3, "bad")
    assert _read(tmp_path / "stdout.txt") == f"hello {tmp_path}\n"


def test_the_command_sees_nothing_of_the_workers_environment(tmp_path: Path) -> None:
    with _run(tmp_path, "import os; print(sorted(os.environ))") as process:
        assert process.wait(PATIENCE_SECONDS)
    assert set(literal_eval(_read(tmp_path / "stdout.txt"))) <= {"GREETING", "LC_CTYPE"}


@pytest.mark.parametrize(("command", "workdir"), [(["no-such-program"], ""), ([sys.executable, "-V"], "/no/such/folder")])
def test_a_command_that_cannot_start_says_why(tmp_path: Path, command: list[str], workdir: str) -> None:
    with TrialProcess(command, environment={}, workdir=workdir or str(tmp_path), output=tmp_path, timeout_seconds=5) as process:
        assert process.wait(PATIENCE_SECONDS)
        report = process.read_report()
    assert report.end is CommandEnd.NOT_STARTED
    assert "No such file or directory" in report.error


def test_time_that_is_up_ends_the_command_and_all_it_started(tmp_path: Path) -> None:
    script = (
        "import subprocess,sys,time,signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(p.pid, flush=True); time.sleep(600)"
    )
    with _run(tmp_path, script, timeout_seconds=1) as process:
        assert process.wait(PATIENCE_SECONDS)
        assert process.read_report().end is CommandEnd.TIMED_OUT
    _until(lambda: _is_gone(int(_read(tmp_path / "stdout.txt"))))


def test_a_stop_lets_the_command_tidy_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE_SECONDS", PATIENCE_SECONDS / 2)
    script = (
        "import signal,sys,time\n"
        "def end(*_): print('tidied', flush=True); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); print('ready', flush=True); time.sleep(600)"
    )
    with _run(tmp_path, script) as process:
        _until(lambda: "ready" in _read(tmp_path / "stdout.txt"))
        process.stop()
        assert process.wait(PATIENCE_SECONDS)
        assert process.read_report().end is CommandEnd.STOPPED
    assert "tidied" in _read(tmp_path / "stdout.txt")


def test_a_process_left_behind_holds_nothing_up_and_is_ended(tmp_path: Path) -> None:
    script = "import subprocess,sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print(p.pid)"
    with _run(tmp_path, script) as process:
        assert process.wait(PATIENCE_SECONDS)
        assert process.read_report().exit_code == 0
    _until(lambda: _is_gone(int(_read(tmp_path / "stdout.txt"))))


def test_a_killed_runner_takes_the_command_with_it(tmp_path: Path) -> None:
    with _run(tmp_path, "import os,time; print(os.getpid(), flush=True); time.sleep(600)") as process:
        _until(lambda: bool(_read(tmp_path / "stdout.txt").strip()))
        os.kill(process.process.pid, signal.SIGKILL)
        assert process.wait(PATIENCE_SECONDS)
        assert process.read_report().end is CommandEnd.LOST
    _until(lambda: _is_gone(int(_read(tmp_path / "stdout.txt"))))


def test_a_killed_worker_takes_runner_and_command_with_it(tmp_path: Path) -> None:
    worker = (
        "import sys, time, pathlib; sys.path[:0] = ['platform', '.']\n"
        "from assay.tuning.services.processes import TrialProcess\n"
        f"p = TrialProcess([sys.executable, '-c', 'import os,time; print(os.getpid(), flush=True); time.sleep(600)'],"
        f" environment={{}}, workdir='/', output=pathlib.Path({str(tmp_path)!r}), timeout_seconds=600)\n"
        "print(p.process.pid, flush=True); time.sleep(600)"
    )
    started = subprocess.Popen([sys.executable, "-c", worker], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    runner = int(started.stdout.readline())
    _until(lambda: bool(_read(tmp_path / "stdout.txt").strip()))
    started.kill()
    started.wait()
    started.stdout.close()
    _until(lambda: _is_gone(runner) and _is_gone(int(_read(tmp_path / "stdout.txt"))))
