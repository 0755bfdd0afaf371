"""The steps of a start, each shown while it works."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from assay.core.engines.failures import StartFailed
from assay.core.home import ROOT


def say(text: str) -> None:
    print(f"assay: {text}", flush=True)


def migrate() -> None:
    say("bringing the database up to date")
    _manage("migrate", "--verbosity", "0", environment={"ASSAY_DATABASE_ROLE": "owner"})


def collect_static(home: Path) -> None:
    """Copy and compress the browser's files, when they changed."""
    stamp = home / "static.stamp"
    current = _fingerprint([*(ROOT / "frontend" / "static").rglob("*"), ROOT / "deploy" / "requirements.lock"])
    if stamp.exists() and stamp.read_text() == current:
        return
    say("preparing the browser's files")
    _manage("collectstatic", "--no-input", "--clear", "--verbosity", "0")
    stamp.write_text(current)


def create_first_organization(home: Path) -> None:
    """At the first start: one organization and its owner; the password and a token go to files that only we may read."""
    if (home / "admin.txt").exists() and (home / "token.txt").exists():
        return
    say("creating the first organization")
    _manage(
        "create_organization", "--name", os.environ.get("ASSAY_ORGANIZATION", "Demo"), "--slug", "demo",
        "--owner-email", owner_email(), "--password-file", str(home / "admin.txt"), "--token-file", str(home / "token.txt"),
    )  # fmt: skip


def owner_email() -> str:
    return os.environ.get("ASSAY_OWNER_EMAIL", "owner@example.com")


def fill_demo(home: Path, url: str) -> None:
    """At the first start: the demo's content, through the public API as any client would send it. ASSAY_DEMO=0 leaves it out."""
    done = home / "demo.done"
    if done.exists() or os.environ.get("ASSAY_DEMO", "1") == "0":
        return
    say("filling the demo organization through the API (once)")
    environment = os.environ | {"ASSAY_URL": url, "ASSAY_TOKEN": (home / "token.txt").read_text().strip()}
    finished = subprocess.run([sys.executable, "-m", "assay_client", "demo", "fill"], cwd=ROOT, env=environment, check=False)
    if finished.returncode:
        raise StartFailed(
            f"The demo could not be filled; see the lines above and {home / 'logs'}. `ASSAY_DEMO=0 make run` starts without it."
        )
    done.write_text("")


def announce(home: Path, url: str) -> None:
    say(
        f"ready: {url}  user {owner_email()}  password in {home / 'admin.txt'}  API token in {home / 'token.txt'}  (Ctrl-C stops)"
    )


def _manage(*arguments: str, environment: dict[str, str] | None = None) -> None:
    """Without Django's checks of our code, which load every page and take longer than the command."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments, "--skip-checks"],
        cwd=ROOT,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartFailed(f"`manage.py {arguments[0]}` failed:\n{(done.stderr or done.stdout).strip()}")


def _fingerprint(paths: list[Path]) -> str:
    """Of the files' names, sizes and times; the lock file stands for what packages ship."""
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()
