"""Bills in a folder of the server, which another program fills."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from os import stat_result
from pathlib import Path

from assay.core.errors import Unavailable
from assay.costs.domain.deliveries import DeliveryIncomplete, DeliveryReplaced, PlaceFile

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FolderPlace:
    root: Path

    def list_files(self) -> list[PlaceFile]:
        """raises: Unavailable when the folder is not there or cannot be read."""
        if not self.root.is_dir():
            raise Unavailable(f"The folder {self.root} does not exist on the server, or Assay may not read it.")
        try:
            found = [path for path in self.root.rglob("*") if path.is_file()]
            return sorted((self._describe(path) for path in found), key=lambda file: file.key)
        except OSError as error:
            raise Unavailable(f"The folder {self.root} cannot be read: {error.strerror}.") from error

    def read(self, key: str, *, most_bytes: int) -> bytes:
        """The beginning of a small file. raises: DeliveryReplaced when it is gone."""
        try:
            with (self.root / key).open("rb") as file:
                return file.read(most_bytes)
        except FileNotFoundError as error:
            raise DeliveryReplaced(f"{key} is not there any more.") from error

    def fetch(self, key: str, *, etag: str, to: Path) -> str:
        """Copy a file. returns: hex SHA-256. raises: DeliveryIncomplete when it is not, or does not stay, what was listed."""
        digest = hashlib.sha256()
        try:
            with (self.root / key).open("rb") as source, to.open("wb") as target:
                while block := source.read(BLOCK_BYTES):
                    digest.update(block)
                    target.write(block)
            if _etag((self.root / key).stat()) != etag:
                raise DeliveryIncomplete(f"{key} is being written.")
        except FileNotFoundError as error:
            raise DeliveryIncomplete(f"{key} is not there.") from error
        return digest.hexdigest()

    def _describe(self, path: Path) -> PlaceFile:
        status = path.stat()
        modified_at = datetime.fromtimestamp(status.st_mtime, tz=UTC)
        return PlaceFile(path.relative_to(self.root).as_posix(), status.st_size, _etag(status), modified_at)


def _etag(status: stat_result) -> str:
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"
