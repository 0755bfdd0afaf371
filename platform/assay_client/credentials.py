"""Where the command line keeps the server's address and its token: a file that only its owner may read."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from assay_client.addresses import clean_url
from assay_client.failures import ClientFailed


@dataclass(frozen=True, slots=True)
class Credentials:
    url: str
    token: str

    def __repr__(self) -> str:
        return f"Credentials(url={self.url!r}, token=…)"


def credentials_path(environ: Mapping[str, str] | None = None) -> Path:
    surroundings = os.environ if environ is None else environ
    configured = surroundings.get("XDG_CONFIG_HOME", "")
    folder = Path(configured) if configured.startswith("/") else Path.home() / ".config"
    return folder / "assay" / "credentials.json"


def store_credentials(credentials: Credentials) -> Path:
    path = credentials_path()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")  # created 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(credentials), file)
        Path(draft).replace(path)
    except OSError as error:
        raise ClientFailed(
            f"The token could not be stored in {path}: {error.strerror}. Set ASSAY_URL and ASSAY_TOKEN instead."
        ) from error
    return path


def forget_credentials() -> bool:
    """Whether there was something to forget."""
    path = credentials_path()
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ClientFailed(f"{path} could not be removed: {error.strerror}.") from error
    return True


def find_stored_credentials() -> Credentials | None:
    path = credentials_path()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Credentials(url=clean_url(stored["url"]), token=str(stored["token"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ClientFailed(f"{path} cannot be read; remove it and run `assay login` again.") from error


def get_credentials(environ: Mapping[str, str] | None = None) -> Credentials:
    """ASSAY_URL and ASSAY_TOKEN win over what `assay login` stored; a stored token goes only to the server it is for."""
    surroundings = os.environ if environ is None else environ
    url, token = surroundings.get("ASSAY_URL", "").strip(), surroundings.get("ASSAY_TOKEN", "").strip()
    if url and token:
        return Credentials(url=clean_url(url), token=token)
    stored = find_stored_credentials()
    if url and (stored is None or stored.url != clean_url(url)):
        raise ClientFailed(f"No token for {clean_url(url)}: set ASSAY_TOKEN, or run `assay login --url {clean_url(url)}`.")
    if stored is None:
        raise ClientFailed("Not logged in: run `assay login --url URL`, or set ASSAY_URL and ASSAY_TOKEN.")
    return Credentials(url=stored.url, token=token or stored.token)
