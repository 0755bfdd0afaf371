"""Starts real PostgreSQL and Redis for a test session, before Django reads its settings."""

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from assay.core.engines.running import running  # noqa: E402  the path is set above
from tests.plugins.clusters import copy_migrated_cluster  # noqa: E402

for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "ASSAY_PUBLIC_URL", "ASSAY_DATABASE_ROLE"):
    os.environ.pop(name, None)

_home = Path(tempfile.mkdtemp(prefix="assay-test-"))
_home.chmod(0o711)
has_tables = copy_migrated_cluster(_home)
os.environ["ASSAY_HOME"] = str(_home)
_stack = ExitStack()
os.environ |= _stack.enter_context(running(_home))


def _stop() -> None:
    _stack.close()
    shutil.rmtree(_home, ignore_errors=True)


def pytest_unconfigure() -> None:
    """A process of several ends without its exit handlers."""
    _stop()


atexit.register(_stop)
