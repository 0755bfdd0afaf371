"""What requests about uploads in parts and signed addresses hold."""

from msgspec import Struct, field


class BeginUpload(Struct):
    path: str | None = None
    num_parts: int | None = None


class UploadedPart(Struct):
    part_number: int | None = None
    etag: str | None = None


class FinishUpload(BeginUpload):
    upload_id: str | None = None
    parts: list[UploadedPart] = field(default_factory=list)


class SignDownload(Struct):
    run_id: str | None = None
    path: str | None = None
    expiration: int | None = None


class SignUpload(SignDownload):
    model_id: str | None = None
