"""The code and surroundings that a training is started with."""

import platform
import shlex
import socket
import sys
import time
from importlib.metadata import distributions
from pathlib import Path

from assay_client.recording.masking import mask_command
from assay_client.recording.repositories import Checkout, read_checkout
from assay_client.server import JsonObject

COMMAND_LENGTH = 16_000
PACKAGES_LIMIT = 5_000
KNOWN_SECONDS = 60.0

_known: list[tuple[float, JsonObject]] = []


def find_source() -> JsonObject:
    """As read_source, at most once a minute: runs that follow each other quickly have the same."""
    at = time.monotonic()
    if not _known or at - _known[0][0] > KNOWN_SECONDS:
        _known[:] = [(at, read_source())]
    return _known[0][1]


def read_source() -> JsonObject:
    """The body of PUT /api/v1/runs/{id}/source. Takes about a second: git, and the metadata of every package."""
    script, folder = _script(), Path.cwd()
    checkout = read_checkout(script.parent if script else folder)
    return {
        **_describe(checkout),
        "command": _command()[:COMMAND_LENGTH],
        "entry_point": str(script or "")[:2_000],
        "folder": str(folder)[:4_000],
        "host": socket.gethostname()[:500],
        "operating_system": platform.platform()[:500],
        "python_version": platform.python_version(),
        "packages": read_packages(),
    }


def read_packages() -> dict[str, str]:
    """name to version, of what this Python has installed."""
    found = {(one.metadata["Name"] or "").lower()[:250]: one.version[:250] for one in distributions() if one.version}
    return {name: found[name] for name in sorted(found)[:PACKAGES_LIMIT] if name}


def git_tags(source: JsonObject) -> dict[str, str]:
    """MLflow's own tags for where the code comes from; those that are known."""
    tags = {
        "mlflow.source.git.commit": source.get("commit", ""),
        "mlflow.source.git.branch": source.get("branch", ""),
        "mlflow.source.git.repoURL": source.get("remote", ""),
    }
    return {name: value for name, value in tags.items() if value}


def _describe(checkout: Checkout | None) -> JsonObject:
    if checkout is None:
        return {}
    return {
        "commit": checkout.commit[:64],
        "branch": checkout.branch[:500],
        "remote": checkout.remote[:2_000],
        "is_dirty": checkout.is_dirty,
        "diff": checkout.diff,
        "diff_omitted_bytes": checkout.diff_omitted_bytes,
    }


def _script() -> Path | None:
    """The file that Python was started with; None in a shell or notebook."""
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    return Path(file).resolve() if file else None


def _command() -> str:
    return shlex.join(mask_command(sys.orig_argv))
