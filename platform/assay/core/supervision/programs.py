"""The processes of an installation, as a configuration of supervisord."""

import os
import pwd
import sys
from pathlib import Path

from assay.core.home import ROOT, write_secret

_PROGRAM = """
[program:{name}]
command={command}
directory={root}
autorestart=true
startsecs=10
startretries=1000
stopwaitsecs=10
killasgroup=true
redirect_stderr=true
stdout_logfile={logs}/{name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=2
environment={environment}
"""

_SUPERVISOR = """
[supervisord]
nodaemon=true
silent=true
logfile={logs}/supervisor.log
pidfile={home}/supervisor.pid
childlogdir={logs}
user={user}
"""


def write_configuration(home: Path, *, host: str, port: int) -> Path:
    """supervisord.conf for web, workers and beat; each ends when supervisord does. returns: its path."""
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    parts = [_SUPERVISOR.format(home=_quoted(home), logs=_quoted(logs), user=pwd.getpwuid(os.geteuid()).pw_name)]
    for name, (command, environment) in _programs(host, port).items():
        parts.append(
            _PROGRAM.format(
                name=name, command=_tethered(command), root=_quoted(ROOT), logs=_quoted(logs), environment=environment
            )
        )
    path = home / "supervisord.conf"
    write_secret(path, "".join(parts))
    return path


def serve_web(host: str, port: int, *, processes: int) -> list[str]:
    """The web server as a Python module and its arguments: each process answers eight requests at a time."""
    return [
        "granian", "assay.wsgi:application", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", host, "--port", str(port),
        "--workers", str(processes), "--blocking-threads", "8", "--respawn-failed-workers", "--respawn-interval", "0.2",
        "--workers-kill-timeout", "8", "--log-level", "error",
    ]  # fmt: skip


def _programs(host: str, port: int) -> dict[str, tuple[list[str], str]]:
    python = [sys.executable, "-m"]
    return {
        "web": (
            [*python, *serve_web(host, port, processes=int(os.environ.get("ASSAY_WEB_PROCESSES", "2")))],
            'ASSAY_DATABASE_POOL="1"',
        ),
        "worker": (_worker("default", os.environ.get("ASSAY_WORKER_CONCURRENCY", "2")), 'ASSAY_PROCESS="worker"'),
        "bills": (_worker("bills", "1"), 'ASSAY_PROCESS="bills"'),
        "trials": (_worker("trials", os.environ.get("ASSAY_TRIAL_CONCURRENCY", "2")), 'ASSAY_PROCESS="trials"'),
        "beat": ([*python, "celery", "-A", "workers.celery_app", "beat", "--loglevel", "INFO", "--pidfile="], 'ASSAY_PROCESS="beat"'),
    }  # fmt: skip


def _worker(queue: str, concurrency: str) -> list[str]:
    """One for each queue: a trial may hold its worker for hours, and imports and mail do not wait for it."""
    return [
        sys.executable, "-m", "celery", "-A", "workers.celery_app", "worker", "-n", f"{queue}@%h", "-Q", queue,
        "--concurrency", concurrency, "--loglevel", "INFO",
    ]  # fmt: skip


def _tethered(command: list[str]) -> str:
    words = [sys.executable, "-m", "assay.core.supervision.tether", *command]
    return " ".join(f'"{_quoted(word)}"' if " " in word else _quoted(word) for word in words)


def _quoted(text: object) -> str:
    """supervisord expands %(name)s, so a percent sign is doubled."""
    return str(text).replace("%", "%%")
