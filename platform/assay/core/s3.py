"""The calls of S3 that Assay makes, with typed answers. This module and the connector of AWS alone know the SDK."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from assay.core.errors import Invalid, Unavailable

_ABSENT = {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}
_OUR_FAULT = {"EntityTooSmall", "EntityTooLarge", "InvalidPart", "InvalidPartOrder", "InvalidArgument", "KeyTooLongError", "MalformedXML"}  # fmt: skip
PAGE = 1_000
"""Items that S3 lists, or deletes, in one call at most."""

_DEFAULT_REGION = "us-east-1"


class Absent(Exception):
    """No such object or upload."""


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ObjectHead:
    size_bytes: int
    etag: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ObjectEntry:
    """As a listing has it."""

    key: str
    size_bytes: int
    etag: str
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """Credentials that end by themselves."""

    access_key_id: str
    secret_access_key: str
    session_token: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """Keys are whole. Every call raises Absent, Invalid, or Unavailable with what S3 said. advice: what to check then."""

    name: str
    client: Any  # the SDK ships no types
    advice: str = "Check ASSAY_ARTIFACTS_URL, the server's credentials and their rights."

    def head(self, key: str) -> ObjectHead:
        with self.telling_trouble():
            found = self.client.head_object(Bucket=self.name, Key=key)
        return ObjectHead(found["ContentLength"], found["ETag"], found["Metadata"])

    def get(self, key: str, *, start: int, etag: str) -> Stream:
        """The object from a byte on. raises also: Absent when it has been replaced by another version."""
        with self.telling_trouble():
            found: Stream = self.client.get_object(Bucket=self.name, Key=key, Range=f"bytes={start}-", IfMatch=etag)["Body"]
        return found

    def read(self, key: str, *, most_bytes: int) -> bytes:
        """The beginning of an object; all of a smaller one."""
        with self.telling_trouble():
            content: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read(most_bytes)
        return content

    def list_objects(self, prefix: str) -> Iterator[ObjectEntry]:
        for page in self._pages("list_objects_v2", Prefix=prefix):
            for item in page.get("Contents", ()):
                yield ObjectEntry(item["Key"], item["Size"], item["ETag"], item["LastModified"])

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        with self.telling_trouble():
            self.client.put_object(Bucket=self.name, Key=key, Body=content, ContentType=content_type)

    def list_folder(self, prefix: str) -> Iterator[tuple[str, int | None]]:
        """(name below the prefix, size) of objects and, with None, of folders."""
        for page in self._pages("list_objects_v2", Prefix=prefix, Delimiter="/"):
            for folder in page.get("CommonPrefixes", ()):
                yield folder["Prefix"].removeprefix(prefix).rstrip("/"), None
            for item in page.get("Contents", ()):
                yield item["Key"].removeprefix(prefix), item["Size"]

    def list_keys(self, prefix: str) -> Iterator[list[str]]:
        """Pages of at most PAGE keys."""
        for page in self._pages("list_objects_v2", Prefix=prefix):
            yield [item["Key"] for item in page.get("Contents", ())]

    def delete(self, keys: Sequence[str]) -> None:
        """At most PAGE keys."""
        with self.telling_trouble():
            answer = self.client.delete_objects(
                Bucket=self.name, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
        if answer.get("Errors"):
            raise Unavailable(f"The bucket {self.name} kept {answer['Errors'][0]}: try again.")

    def begin_upload(self, key: str, *, content_type: str, metadata: Mapping[str, str]) -> str:
        with self.telling_trouble():
            begun = self.client.create_multipart_upload(
                Bucket=self.name, Key=key, ContentType=content_type, Metadata=dict(metadata)
            )
        upload_id: str = begun["UploadId"]
        return upload_id

    def send_part(self, key: str, upload_id: str, number: int, content: bytes) -> str:
        """returns: the part's etag."""
        with self.telling_trouble():
            sent = self.client.upload_part(Bucket=self.name, Key=key, UploadId=upload_id, PartNumber=number, Body=content)
        etag: str = sent["ETag"]
        return etag

    def complete_upload(self, key: str, upload_id: str, etags: Iterable[tuple[int, str]]) -> None:
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in etags]
        with self.telling_trouble():
            self.client.complete_multipart_upload(
                Bucket=self.name, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}
            )

    def abort_upload(self, key: str, upload_id: str) -> None:
        with self.telling_trouble():
            self.client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload_id)

    def list_uploads(self, prefix: str) -> Iterator[tuple[str, str, datetime]]:
        """(key, upload id, when it began) of what was neither completed nor aborted."""
        for page in self._pages("list_multipart_uploads", Prefix=prefix):
            for upload in page.get("Uploads", ()):
                yield upload["Key"], upload["UploadId"], upload["Initiated"]

    def check_upload(self, key: str, upload_id: str) -> None:
        """raises: Absent when it is not open."""
        with self.telling_trouble():
            self.client.list_parts(Bucket=self.name, Key=key, UploadId=upload_id, MaxParts=1)

    def list_part_instants(self, key: str, upload_id: str) -> Iterator[datetime]:
        for page in self._pages("list_parts", Key=key, UploadId=upload_id):
            yield from (part["LastModified"] for part in page.get("Parts", ()))

    def sign(self, call: str, key: str, *, seconds: int, **more: object) -> str:
        """An address that makes one call with the rights of this server. call: the SDK's name of it."""
        with self.telling_trouble():
            url: str = self.client.generate_presigned_url(
                call, Params={"Bucket": self.name, "Key": key, **more}, ExpiresIn=seconds
            )
        return url

    @contextmanager
    def telling_trouble(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._translate(error) from error
        except BotoCoreError as error:
            raise Unavailable(f"The bucket {self.name} does not answer: {error}") from error

    def _translate(self, error: ClientError) -> Exception:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _ABSENT or code in {"PreconditionFailed", "412"}:
            return Absent(code)
        said = error.response.get("Error", {}).get("Message", "")
        if code in _OUR_FAULT:
            return Invalid(f"The bucket refuses this: {code}: {said}")
        return Unavailable(f"The bucket {self.name} refused {error.operation_name} with {code}: {said}. {self.advice}")

    def _pages(self, call: str, **arguments: object) -> Iterator[dict[str, Any]]:
        with self.telling_trouble():
            pages = self.client.get_paginator(call).paginate(Bucket=self.name, PaginationConfig={"PageSize": PAGE}, **arguments)
            yield from pages


@cache
def connect(bucket: str, *, endpoint_url: str, region: str) -> Bucket:
    """Credentials are found as every AWS program finds them. endpoint_url: empty for AWS itself. region: empty for the SDK's."""
    return Bucket(bucket, make_client("s3", endpoint_url=endpoint_url, region=region))


def connect_as(bucket: str, keys: SessionKeys | None, *, endpoint_url: str, region: str, advice: str) -> Bucket:
    """As connect, as somebody else for as long as the keys hold; None for the server's own credentials."""
    return Bucket(bucket, make_client("s3", endpoint_url=endpoint_url, region=region, keys=keys), advice)


def make_client(
    service: str, *, endpoint_url: str, region: str, keys: SessionKeys | None = None
) -> Any:  # the SDK ships no types
    session = get_session()
    config = Config(
        signature_version="s3v4" if service == "s3" else "v4",
        s3={"addressing_style": "path" if endpoint_url else "auto"},
        retries={"mode": "standard", "max_attempts": 4},
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=50,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    given = {} if keys is None else _as_arguments(keys)
    return boto3.Session(botocore_session=session).client(
        service,
        endpoint_url=endpoint_url or None,
        config=config,
        region_name=region or session.get_config_variable("region") or _DEFAULT_REGION,
        **given,
    )


def _as_arguments(keys: SessionKeys) -> dict[str, str]:
    return {
        "aws_access_key_id": keys.access_key_id,
        "aws_secret_access_key": keys.secret_access_key,
        "aws_session_token": keys.session_token,
    }
