"""The image and the composition stay buildable where no container engine runs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"


def _composition() -> dict[str, Any]:
    text = (DEPLOY / "compose.yaml").read_text()
    composition: dict[str, Any] = yaml.safe_load(text)
    return composition


def _variables() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))


def test_the_dockerfile_passes_its_linter() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0"}


def test_what_the_dockerfile_copies_exists() -> None:
    for line in (DEPLOY / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), line


def test_web_workers_beat_and_both_engines_are_composed() -> None:
    assert set(_composition()["services"]) == {"postgres", "redis", "migrate", "web", "worker", "bills", "trials", "beat"}


def test_every_variable_of_the_composition_is_explained() -> None:
    example = (DEPLOY / "env.example").read_text()
    assert {name for name in _variables() if name not in example} - {"ASSAY_BIND"} == set()


def test_no_secret_of_the_composition_has_a_default() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    assert not re.findall(r"\$\{[A-Z_]*(?:PASSWORD|SECRET)[A-Z_]*:-", text)


def test_the_composition_is_valid_for_docker_where_docker_can_say_so() -> None:
    docker = shutil.which("docker")
    knows = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    environment = os.environ | dict.fromkeys(_variables(), "x")
    if knows:
        command = [docker, "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "-q"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    for service in _composition()["services"].values():
        assert {"image", "build"} & set(service)
