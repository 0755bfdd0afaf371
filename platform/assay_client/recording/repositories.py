"""What git says of the folder that a script lies in."""

import os
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay_client.recording.masking import mask_text

DIFF_BYTES = 1024 * 1024
LONGEST_DIFF_BYTES = 64 * DIFF_BYTES
PATIENCE_SECONDS = 20.0
SECRET_FILES = (
    ".env", ".env.*", "*.env", ".envrc", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "id_rsa*", "id_ed25519*", "id_ecdsa*",
    ".netrc", ".npmrc", ".pypirc", ".htpasswd", "credentials", "*credentials*.json", "secrets.*", "secret.*", "*.kubeconfig",
    "*.tfvars", "*.tfstate",
)  # fmt: skip
"""Left out of a diff by their names, wherever they lie."""

_SURROUNDINGS = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Checkout:
    """is_dirty: a tracked file differs from the commit. diff: of tracked files, without those that hold secrets; masked."""

    commit: str
    branch: str
    remote: str
    is_dirty: bool
    diff: str
    diff_omitted_bytes: int


def read_checkout(folder: Path) -> Checkout | None:
    """None outside a repository, before its first commit, and without git."""
    root = _ask(folder, "rev-parse", "--show-toplevel").strip()
    commit = _ask(folder, "rev-parse", "--verify", "--quiet", "HEAD").strip() if root else ""
    if not commit:
        return None
    top = Path(root)
    diff, omitted = _read_diff(top)
    return Checkout(
        commit=commit,
        branch=_ask(top, "symbolic-ref", "--short", "--quiet", "HEAD").strip(),
        remote=mask_text(_ask(top, "remote", "get-url", "origin").strip()),
        is_dirty=bool(_ask(top, "status", "--porcelain", "--untracked-files=no").strip()),
        diff=diff,
        diff_omitted_bytes=omitted,
    )


def _read_diff(top: Path) -> tuple[str, int]:
    """returns: the diff, at most 1 MiB and whole lines, and how many bytes of it were cut off (of a huge one, at least)."""
    excluded = [f":(exclude,glob,icase)**/{pattern}" for pattern in SECRET_FILES]
    words = ["diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--", ".", *excluded]
    data = _run(top, words, limit_bytes=LONGEST_DIFF_BYTES)
    kept = mask_text(data[:DIFF_BYTES].decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}"))
    while len(kept.encode()) > DIFF_BYTES or (len(data) > DIFF_BYTES and kept and not kept.endswith("\n")):
        kept = kept[: max(kept.rfind("\n", 0, len(kept) - 1) + 1, 0)]
    return kept, max(0, len(data) - len(kept.encode())) if len(data) > DIFF_BYTES else 0


def _ask(folder: Path, *words: str) -> str:
    return _run(folder, words, limit_bytes=DIFF_BYTES).decode("utf-8", "replace")


def _run(folder: Path, words: Sequence[str], *, limit_bytes: int) -> bytes:
    """What git writes to stdout, at most so much; nothing when it fails, does not exist, or takes too long."""
    command = ["git", "-C", str(folder), "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *words]
    try:
        process = subprocess.Popen(
            command,
            env=os.environ | _SURROUNDINGS,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return b""
    watch = threading.Timer(PATIENCE_SECONDS, process.kill)
    watch.daemon = True
    watch.start()
    with process:
        data = process.stdout.read(limit_bytes) if process.stdout else b""
        if len(data) == limit_bytes:
            process.kill()
    watch.cancel()
    return data if process.returncode == 0 or len(data) == limit_bytes else b""
