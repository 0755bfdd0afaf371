"""What must hold before anything starts; each failure is one sentence with what to do."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

from assay.core.engines.failures import StartFailed
from assay.core.engines.ports import is_free

NEEDED_BYTES = 500 * 1024 * 1024


def prepare_home(home: Path) -> None:
    """Make the data directory. raises: StartFailed when it cannot be written or the disk is nearly full."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise StartFailed(f"Cannot write to {home} ({error.strerror}): set ASSAY_HOME to a folder you may write to.") from error
    free = shutil.disk_usage(home).free
    if free < NEEDED_BYTES:
        raise StartFailed(
            f"Only {free // 2**20} MB are free below {home}; Assay needs {NEEDED_BYTES // 2**20} MB: free some space or set ASSAY_HOME."
        )


def hold_home(home: Path) -> IO[str]:
    """A lock on the data directory for as long as the file stays open. raises: StartFailed when another holds it."""
    file = (home / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise StartFailed(
            f"Assay already runs on {home} (process {holder}): stop it first, or set ASSAY_HOME to another folder."
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def check_port(host: str, port: int) -> None:
    if not is_free(port, host):
        raise StartFailed(
            f"Port {port} on {host} is in use: stop what listens there, or choose another: `make run ASSAY_PORT={port + 1}`."
        )
