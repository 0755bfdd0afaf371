"""Objects as files: read from anywhere, written in one go, without holding them in memory."""

import io

from assay.core.errors import Unavailable
from assay.core.s3 import Absent, Bucket, ObjectHead, Stream

PART_BYTES = 8 * 1024 * 1024
_PARTS_OF_A_SIZE = 1_000
"""After so many parts they double, so that 10,000 are enough for the largest object that S3 keeps."""


class ObjectReader(io.RawIOBase):
    """One version of an object; a change of place opens a new stream, and only when something is read there."""

    def __init__(self, bucket: Bucket, key: str, head: ObjectHead) -> None:
        super().__init__()
        self._bucket, self._key, self._head = bucket, key, head
        self._place, self._stream = 0, None  # type: int, Stream | None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._head.size_bytes}[whence]
        place = max(base + offset, 0)
        if place != self._place:
            self._drop_stream()
        self._place = place
        return place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # the base takes any writable buffer
        if self._place >= self._head.size_bytes or not len(buffer):
            return 0
        if self._stream is None:
            self._stream = self._open()
        with self._bucket.telling_trouble():
            block = self._stream.read(len(buffer))
        if not block:
            raise Unavailable(f"The bucket ended {self._key} early: try again.")
        buffer[: len(block)] = block
        self._place += len(block)
        return len(block)

    def close(self) -> None:
        self._drop_stream()
        super().close()

    def _open(self) -> Stream:
        try:
            return self._bucket.get(self._key, start=self._place, etag=self._head.etag)
        except Absent as error:
            raise Unavailable("The file was replaced while it was read: read it again.") from error

    def _drop_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class ObjectWriter:
    """Sends part by part; what fits one part goes in a single call."""

    def __init__(self, bucket: Bucket, key: str, *, content_type: str) -> None:
        self._bucket, self._key, self._content_type = bucket, key, content_type
        self._waiting = bytearray()
        self._upload_id = ""
        self._etags: list[str] = []

    def write(self, block: bytes, /) -> int:
        self._waiting += block
        while len(self._waiting) > self._part_bytes:
            self._send(self._part_bytes)
        return len(block)

    def finish(self) -> None:
        if not self._upload_id:
            self._bucket.put(self._key, bytes(self._waiting), content_type=self._content_type)
            return
        self._send(len(self._waiting))
        self._bucket.complete_upload(self._key, self._upload_id, enumerate(self._etags, start=1))

    def abort(self) -> None:
        if self._upload_id:
            self._bucket.abort_upload(self._key, self._upload_id)

    @property
    def _part_bytes(self) -> int:
        return PART_BYTES << (len(self._etags) // _PARTS_OF_A_SIZE)

    def _send(self, size: int) -> None:
        if not self._upload_id:
            self._upload_id = self._bucket.begin_upload(self._key, content_type=self._content_type, metadata={})
        content = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._etags.append(self._bucket.send_part(self._key, self._upload_id, len(self._etags) + 1, content))
