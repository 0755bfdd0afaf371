"""The data directory of an installation, and the secrets it generates."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: where manage.py lies."""


def find_home() -> Path:
    """`ASSAY_HOME`, or `.assay` beside manage.py."""
    return Path(os.environ.get("ASSAY_HOME") or ROOT / ".assay").resolve()


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_or_make_secret(path: Path, *, size_bytes: int = 32) -> str:
    """The secret in a file, generated at first use."""
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(size_bytes))
    return path.read_text().strip()
