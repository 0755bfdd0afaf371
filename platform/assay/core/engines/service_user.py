"""Whom PostgreSQL runs as: it refuses root, and the unprivileged user must reach its files."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.core.engines.failures import StartFailed


@dataclass(frozen=True, slots=True)
class ServiceUser:
    name: str
    uid: int
    gid: int


def find_service_user() -> ServiceUser | None:
    """None when we are not root: the servers then run as ourselves. Root lends them an existing user; none is added."""
    if os.geteuid() != 0:
        return None
    for name in filter(None, [os.environ.get("ASSAY_SERVICE_USER"), "postgres", "nobody"]):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServiceUser(name, entry.pw_uid, entry.pw_gid)
    raise StartFailed("PostgreSQL cannot run as root and there is no user `postgres` or `nobody`: set ASSAY_SERVICE_USER.")


def can_reach(user: ServiceUser | None, path: Path, *, kind: str = "-x") -> bool:
    """Whether the user may enter the folder or run the file at path, every ancestor included."""
    if user is None:
        return True
    answer = subprocess.run(["/bin/sh", "-c", f'test {kind} "$1"', "sh", str(path)], **run_as(user), check=False)
    return bool(answer.returncode == 0)


def run_as(user: ServiceUser | None) -> dict[str, Any]:
    """Arguments for subprocess that drop from root to the user; none for ourselves."""
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": [], "cwd": "/"}


def own_folder(user: ServiceUser | None, path: Path) -> Path:
    """A folder that only the user may read; its parents, when we make them, may be entered but not listed by others."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True, mode=0o755)
    path.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        os.chown(path, user.uid, user.gid)
    return path
