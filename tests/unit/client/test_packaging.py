"""The distribution `assay-client`: what it requires, what it registers, what it drags in."""

import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3] / "platform" / "assay_client"
SERVERS_OWN = ("assay", "django", "celery", "duckdb", "deltalake", "psycopg", "redis", "ibis")
BUILD = "from setuptools import build_meta; build_meta.build_wheel('..')"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the folder alone and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(PROJECT, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    run_python(BUILD, cwd=folder / "source")
    (wheel,) = folder.glob("assay_client-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture(scope="module")
def distribution(installed: Path) -> Distribution:
    (metadata,) = installed.glob("*.dist-info")
    return PathDistribution(metadata)


def run_python(code: str, *, cwd: Path, path: Path | None = None) -> str:
    environment = os.environ | ({"PYTHONPATH": str(path)} if path else {})
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_requires_an_http_client_and_a_terminal_and_nothing_of_the_server(distribution: Distribution) -> None:
    required = [line for line in distribution.requires or [] if "extra ==" not in line]
    assert required == ["requests>=2.32", "click>=8.1", "rich>=13.7"]


def test_it_registers_the_command_and_the_mlflow_plugin(distribution: Distribution) -> None:
    assert {(entry.group, entry.name, entry.value) for entry in distribution.entry_points} == {
        ("console_scripts", "assay", "assay_client.cli.main:assay"),
        ("mlflow.run_context_provider", "assay", "assay_client.mlflow_plugin:AssayRunContext"),
    }


def test_its_name_and_version_are_those_of_the_package(distribution: Distribution, installed: Path) -> None:
    told = Parser().parsestr(distribution.read_text("METADATA") or "")
    version = run_python("import assay_client; print(assay_client.__version__)", cwd=installed, path=installed).strip()
    assert (told["Name"], told["Version"]) == ("assay-client", version)


def test_every_module_and_the_sweeps_file_are_in_the_wheel(installed: Path) -> None:
    ours = {path.relative_to(PROJECT) for kind in ("*.py", "*.yaml", "py.typed") for path in PROJECT.rglob(kind)}
    packed = {
        path.relative_to(installed / "assay_client") for path in (installed / "assay_client").rglob("*") if path.is_file()
    }
    assert {path for path in ours if path.parts[0] != "build"} == {path for path in packed if "__pycache__" not in path.parts}


def test_the_command_line_loads_nothing_heavy(installed: Path) -> None:
    code = "import sys, assay_client.cli.main; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = set(run_python(code, cwd=installed, path=installed).split())
    assert loaded.isdisjoint({*SERVERS_OWN, "mlflow", "sklearn", "numpy", "pandas", "pyarrow"})


def test_naming_the_machine_loads_not_even_the_http_client(installed: Path) -> None:
    code = "import sys, assay_client.identity; print(*sorted(sys.modules))"
    loaded = set(run_python(code, cwd=installed, path=installed).split())
    assert loaded.isdisjoint({"requests", "click", "rich", "socketserver"})


def test_mlflow_finds_the_plugin_and_tags_runs_with_the_machine(installed: Path) -> None:
    code = (
        "import os; os.environ.update(ASSAY_COMPUTE_PROVIDER='aws', ASSAY_COMPUTE_RESOURCE_ID='i-0123456789abcdef0')\n"
        "from mlflow.tracking.context.registry import resolve_tags\n"
        "print({name: value for name, value in resolve_tags().items() if name.startswith('assay.')})"
    )
    told = run_python(code, cwd=installed, path=installed)
    assert told.strip() == "{'assay.compute.provider': 'aws', 'assay.compute.resource_id': 'i-0123456789abcdef0'}"
