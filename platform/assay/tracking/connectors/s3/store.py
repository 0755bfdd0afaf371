"""One organization's files in a bucket. A file and a folder of the same name may stand side by side there."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, cast

from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.core.s3 import Absent, Bucket
from assay.tracking.connectors.s3.streams import ObjectReader, ObjectWriter
from assay.tracking.domain.artifact_stores import HIGHEST_PART, ArtifactEntry, UploadedPart
from assay.tracking.domain.artifacts import guess_type, split_path
from assay.tracking.domain.errors import ArtifactNotFound, PathRefused, UploadNotFound

_MARK = "assay-upload"
_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BucketStore:
    """root: the beginning of all keys, with a slash at its end."""

    bucket: Bucket
    root: str

    @contextmanager
    def open_for_write(self, path: str) -> Iterator[ObjectWriter]:
        writer = ObjectWriter(self.bucket, self._key(path), content_type=guess_type(path))
        try:
            yield writer
            writer.finish()
        except BaseException:
            with suppress(Absent):
                writer.abort()
            raise

    def open_for_read(self, path: str) -> BinaryIO:
        key = self._key(path)
        try:
            head = self.bucket.head(key)
        except Absent as error:
            raise ArtifactNotFound(path) from error
        return cast(BinaryIO, io.BufferedReader(ObjectReader(self.bucket, key, head), _READ_BYTES))

    def list_files(self, path: str) -> list[ArtifactEntry]:
        found = self.bucket.list_folder(self._folder(path))
        return sorted((ArtifactEntry(name, size) for name, size in found if name), key=lambda entry: entry.name)

    def delete_files(self, path: str) -> bool:
        key = self._key(path)
        found = self._has(key)
        if found:
            self.bucket.delete([key])
        for keys in self.bucket.list_keys(f"{key}/"):
            if keys:
                self.bucket.delete(keys)
                found = True
        return found

    def begin_upload(self, path: str) -> str:
        """The object carries a mark of the upload that made it, so that completing it again is recognised."""
        key = self._key(path)
        mark = f"{new_id().hex}-{_digest(key)}"
        return f"{mark}.{self.bucket.begin_upload(key, content_type=guess_type(path), metadata={_MARK: mark})}"

    def complete_upload(self, path: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        numbers = [part.number for part in parts]
        if not parts or len(set(numbers)) != len(numbers) or not all(1 <= number <= HIGHEST_PART for number in numbers):
            raise Invalid("An upload is completed with its parts, each named once.", path=path)
        key, (mark, own_id) = self._key(path), self._split_id(upload_id, path)
        try:
            self.bucket.check_upload(key, own_id)
            self.bucket.complete_upload(key, own_id, sorted((part.number, part.etag) for part in parts))
        except Absent as error:
            if not self._has(key, mark=mark):
                raise UploadNotFound(path) from error

    def abort_upload(self, path: str, upload_id: str) -> None:
        with suppress(Absent, UploadNotFound):
            self.bucket.abort_upload(self._key(path), self._split_id(upload_id, path)[1])

    def sign_part(self, path: str, upload_id: str, number: int, *, seconds: int) -> str:
        own_id = self._split_id(upload_id, path)[1]
        return self.bucket.sign("upload_part", self._key(path), seconds=seconds, UploadId=own_id, PartNumber=number)

    def sign_download(self, path: str, *, seconds: int) -> str:
        """What browsers get from there is saved, not shown: the bucket's origin may be trusted by somebody."""
        kind = guess_type(path)
        return self.bucket.sign(
            "get_object", self._key(path), seconds=seconds, ResponseContentType=kind, ResponseContentDisposition="attachment"
        )

    def sign_upload(self, path: str, *, seconds: int) -> str:
        return self.bucket.sign("put_object", self._key(path), seconds=seconds)

    def _has(self, key: str, *, mark: str = "") -> bool:
        """mark: of the upload that must have made it; any if empty."""
        try:
            head = self.bucket.head(key)
        except Absent:
            return False
        return not mark or head.metadata.get(_MARK) == mark

    def _split_id(self, upload_id: str, path: str) -> tuple[str, str]:
        """The mark, and the bucket's own id. raises: UploadNotFound, also when it is one of another path."""
        mark, _, own_id = upload_id.partition(".")
        if not own_id or mark.partition("-")[2] != _digest(self._key(path)):
            raise UploadNotFound(path)
        return mark, own_id

    def _key(self, path: str) -> str:
        parts = split_path(path)
        if not parts:
            raise PathRefused(path)
        return self.root + "/".join(parts)

    def _folder(self, path: str) -> str:
        return self.root + "".join(f"{part}/" for part in split_path(path))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
