"""Making all tables takes longer than any test: processes of one suite make them once, and each starts on a copy."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from assay.core.engines.postgres import Postgres
from assay.core.engines.running import running

ROOT = Path(__file__).resolve().parents[2]
SHARED = "ASSAY_TEST_CLUSTERS"
"""Names the folder that the processes share; without it each makes its own tables when a test asks for them."""


def copy_migrated_cluster(home: Path) -> bool:
    """Into a new ASSAY_HOME. returns: whether it has one; not where servers keep their data outside their home."""
    shared = os.environ.get(SHARED)
    if not shared or not Postgres(home).data.is_relative_to(home):
        return False
    made = Path(shared) / "made"
    with (Path(shared) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(Path(shared) / "draft").rename(made)
    shutil.rmtree(home / "engines")
    subprocess.run(["cp", "-a", made / "engines", home / "engines"], check=True)
    return True


def _make(home: Path) -> Path:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o711)
    with running(home) as urls:
        migrate(os.environ | urls | {"ASSAY_HOME": str(home)})
    for port in (home / "engines").glob("*.port"):
        port.unlink()  # which each copy would try to listen on again
    return home


def migrate(environment: Mapping[str, str]) -> None:
    """Tables are made by the owner's role; tests run as the application's."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**environment, "ASSAY_DATABASE_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
