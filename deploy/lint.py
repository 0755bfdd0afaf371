"""Types and import rules; neither needs a running engine, so the settings get addresses that nobody answers."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHECKS = (["mypy", "platform", "workers", "deploy"], ["lint-imports", "--no-cache"])


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {
            "ASSAY_HOME": home,
            "DATABASE_URL": "postgres://lint:lint@127.0.0.1:1/lint",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        }
        programs = Path(sys.executable).parent
        results = [
            subprocess.run([programs / check[0], *check[1:]], cwd=ROOT, env=environment, check=False) for check in CHECKS
        ]
    return max(result.returncode for result in results)


if __name__ == "__main__":
    sys.exit(main())
