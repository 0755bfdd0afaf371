"""Places that bills come from."""

from enum import StrEnum


class SourceKind(StrEnum):
    """Who brings the files: people and programs, a folder of the server, or a bucket."""

    UPLOAD = "upload"
    FOLDER = "folder"
    S3 = "s3"
