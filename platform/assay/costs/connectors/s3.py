"""Bills below a prefix of a bucket."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import Unavailable
from assay.core.s3 import Absent, Bucket
from assay.costs.domain.deliveries import DeliveryIncomplete, DeliveryReplaced, PlaceFile

BLOCK_BYTES = 1 << 20
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """prefix: empty or ending with a slash."""

    bucket: Bucket
    prefix: str

    def list_files(self) -> list[PlaceFile]:
        try:
            found = list(self.bucket.list_objects(self.prefix))
        except Absent as error:
            raise Unavailable(f"There is no bucket {self.bucket.name}. {self.bucket.advice}") from error
        return [
            PlaceFile(entry.key.removeprefix(self.prefix), entry.size_bytes, entry.etag, entry.modified_at)
            for entry in found
            if not entry.key.endswith("/")
        ]

    def read(self, key: str, *, most_bytes: int) -> bytes:
        try:
            return self.bucket.read(self.prefix + key, most_bytes=most_bytes)
        except Absent as error:
            raise DeliveryReplaced(f"{key} is not there any more.") from error

    def fetch(self, key: str, *, etag: str, to: Path) -> str:
        """Only the version that was listed; a connection that breaks off goes on where it was."""
        digest, size_bytes = hashlib.sha256(), 0
        with to.open("wb") as target:
            for attempt in range(ATTEMPTS):
                try:
                    for block in self._blocks(key, start=size_bytes, etag=etag):
                        target.write(block)
                        digest.update(block)
                        size_bytes += len(block)
                    break
                except Unavailable:
                    if attempt == ATTEMPTS - 1:
                        raise
        return digest.hexdigest()

    def _blocks(self, key: str, *, start: int, etag: str) -> Iterator[bytes]:
        try:
            head = self.bucket.head(self.prefix + key)
            if head.etag != etag:
                raise Absent
            if head.size_bytes == start:
                return
            stream = self.bucket.get(self.prefix + key, start=start, etag=etag)
        except Absent as error:
            raise DeliveryIncomplete(f"{key} is not there, or is being replaced.") from error
        try:
            while True:
                with self.bucket.telling_trouble():
                    block = stream.read(BLOCK_BYTES)
                if not block:
                    return
                yield block
        finally:
            stream.close()
