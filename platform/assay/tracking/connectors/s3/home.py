"""The bucket of all organizations: `<prefix>/<organization>/<path>`."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from assay.core.errors import Unavailable
from assay.core.s3 import Absent, Bucket, connect
from assay.tracking.connectors.s3.store import BucketStore

LONGEST_PREFIX_BYTES = 128


def open_bucket(url: str, *, endpoint_url: str, region: str = "") -> "BucketHome":
    """url: `s3://bucket/prefix`; the prefix may be missing. raises: Unavailable when it is none."""
    place = urlsplit(url)
    prefix = place.path.strip("/")
    if place.scheme != "s3" or not place.netloc or place.query or len(prefix.encode()) > LONGEST_PREFIX_BYTES:
        raise Unavailable(
            f"ASSAY_ARTIFACTS_URL is {url!r}: it must be s3://bucket/prefix, the prefix of at most {LONGEST_PREFIX_BYTES} bytes."
        )
    return BucketHome(connect(place.netloc, endpoint_url=endpoint_url, region=region), f"{prefix}/" if prefix else "")


@dataclass(frozen=True, slots=True)
class BucketHome:
    """prefix: empty or ending with a slash."""

    bucket: Bucket
    prefix: str

    def store_of(self, organization_id: UUID) -> BucketStore:
        return BucketStore(self.bucket, f"{self.prefix}{organization_id.hex}/")

    def sweep(self, *, before: datetime) -> int:
        swept = 0
        for key, upload_id, began_at in self.bucket.list_uploads(self.prefix):
            if began_at < before and self._is_idle(key, upload_id, before):
                swept += self._abort(key, upload_id)
        return swept

    def _is_idle(self, key: str, upload_id: str, before: datetime) -> bool:
        try:
            return all(instant < before for instant in self.bucket.list_part_instants(key, upload_id))
        except Absent:
            return False

    def _abort(self, key: str, upload_id: str) -> bool:
        try:
            self.bucket.abort_upload(key, upload_id)
        except Absent:
            return False
        return True
