"""The import rules hold, and a broken one is seen."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PLATFORM, ROOT

BREACHES = {
    "platform/assay/tracking/services/breach.py": "from assay.portal import urls",
    "platform/assay/accounts/domain/breach.py": "import django",
    "platform/assay/accounts/models/breach.py": "from assay.accounts.services import tokens",
    "platform/assay/costs/services/breach.py": "from celery import current_app",
    "platform/assay/accounts/utils.py": "",
}


def test_platform_is_no_package_or_it_would_shadow_the_standard_librarys() -> None:
    assert not (PLATFORM / "__init__.py").exists()


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_of_the_import_rules_makes_the_lint_red(breach: str, tmp_path: Path) -> None:
    for folder in ("platform/assay", "workers"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    place = tmp_path / breach
    place.parent.mkdir(exist_ok=True)
    place.write_text(BREACHES[breach] + "\n")
    finished = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path / 'platform'}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode != 0
    assert breach.removeprefix("platform/").removesuffix(".py").replace("/", ".") in finished.stdout
