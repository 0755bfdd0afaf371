"""The one command that runs Assay: `manage.py up`."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from assay.core.engines.failures import StartFailed
from assay.core.engines.running import running
from assay.core.home import ROOT, find_home
from assay.core.supervision import checks, programs, steps

_stopping = False


def main() -> int:
    """returns: exit status; 0 after Ctrl-C or SIGTERM, 1 when a step failed."""
    signal.signal(signal.SIGTERM, _ask_to_stop)
    signal.signal(signal.SIGINT, _ask_to_stop)
    try:
        _run()
    except StartFailed as failure:
        print(f"assay: {failure}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        steps.say("stopped")
    return 0


def _run() -> None:
    home = find_home()
    host, port = os.environ.get("ASSAY_HOST", "127.0.0.1"), int(os.environ.get("ASSAY_PORT", "8000"))
    checks.prepare_home(home)
    checks.check_port(host, port)
    with checks.hold_home(home):
        steps.say(f"data directory {home}")
        steps.say("starting PostgreSQL and Redis")
        with running(home) as urls:
            shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  compared, not bound
            public = os.environ.get("ASSAY_PUBLIC_URL") or f"http://{shown}:{port}"
            os.environ |= urls | {"ASSAY_HOME": str(home), "ASSAY_PUBLIC_URL": public, "PYTHONUNBUFFERED": "1"}
            os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
            steps.migrate()
            steps.collect_static(home)
            steps.create_first_organization(home)
            with _supervised(programs.write_configuration(home, host=host, port=port)) as supervisor:
                _wait_for_web(f"http://{shown}:{port}/health", supervisor, home)
                steps.fill_demo(home, public)
                steps.announce(home, public)
                while supervisor.poll() is None:
                    time.sleep(0.5)
                raise StartFailed(f"The supervisor ended by itself; see {home / 'logs' / 'supervisor.log'}.")


@contextmanager
def _supervised(configuration: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        sys.executable,
        "-m",
        "assay.core.supervision.tether",
        sys.executable,
        "-m",
        "supervisor.supervisord",
        "-c",
        str(configuration),
    ]
    supervisor = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdin=subprocess.DEVNULL)
    try:
        yield supervisor
    finally:
        if supervisor.poll() is None:
            steps.say("stopping")
            supervisor.terminate()
            supervisor.wait(timeout=60)


def _wait_for_web(url: str, supervisor: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + 180  # the first import on a busy machine
    while time.monotonic() < deadline and supervisor.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise StartFailed(f"The web server did not answer at {url}; see {home / 'logs' / 'web.log'}.")


def _ask_to_stop(signum: int, frame: FrameType | None) -> None:
    """The first signal unwinds; further ones are ignored, so that unwinding is never cut short."""
    global _stopping  # noqa: PLW0603  a signal handler has no other place
    if not _stopping:
        _stopping = True
        raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
