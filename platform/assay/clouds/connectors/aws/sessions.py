"""Clients of one account, and what AWS says when it refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from assay.clouds.domain.refreshes import Refusal
from assay.core.s3 import SessionKeys

HOME_REGION = "us-east-1"
"""Where services without regions answer, and what is asked before the account's regions are known."""
PAGE = 500
"""Of EC2's long lists; none of them takes more than this everywhere."""
DENIED = {
    "AccessDenied", "AccessDeniedException", "AccessDeniedFault", "AuthFailure", "AuthorizationError", "NotAuthorized",
    "UnauthorizedAccess", "UnauthorizedOperation", "UnauthorizedException",
}  # fmt: skip
"""Codes by which services say that the role may not, each in its own way."""
_CONFIG = Config(retries={"mode": "adaptive", "max_attempts": 8}, connect_timeout=5, read_timeout=60, max_pool_connections=8)


class Refused(Exception):
    """AWS did not answer a question; the others are not concerned."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Clients:
    """Of one account, by service and region. Threads may share it; making a client is guarded, since the SDK's session is not.

    Throttled calls are repeated at the pace that AWS bears (adaptive retries).
    """

    account_id: str
    keys: SessionKeys | None = None
    endpoint_url: str = ""
    _made: dict[tuple[str, str], Any] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)
    _session: list[Any] = field(default_factory=list)

    def get(self, service: str, region: str = HOME_REGION) -> Any:  # the SDK ships no types
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = self._open().client(
                    service, region_name=region, endpoint_url=self.endpoint_url or None, config=_CONFIG
                )
            return self._made[service, region]

    def _open(self) -> Any:
        if not self._session:
            keys = self.keys
            given = (
                {}
                if keys is None
                else {
                    "aws_access_key_id": keys.access_key_id,
                    "aws_secret_access_key": keys.secret_access_key,
                    "aws_session_token": keys.session_token,
                }
            )
            session = get_session()
            session.register_component("data_loader", _load_descriptions())
            self._session.append(boto3.Session(botocore_session=session, **given))
        return self._session[0]


@cache
def _load_descriptions() -> Any:
    """What the SDK knows of services, read from disk once in the life of a process; it guards itself."""
    return get_session().get_component("data_loader")


def list_pages(
    client: Any, operation: str, items: str, *, permission: str, page_size: int | None = None, **arguments: object
) -> Iterator[dict[str, Any]]:
    """Every item of every page. operation: the SDK's name. items: member of the answer. page_size: where AWS would otherwise answer with
    everything at once, until that takes too long. raises: Refused.
    """
    with telling_refusals(client, permission):
        if not client.can_paginate(operation):
            yield from getattr(client, operation)(**arguments).get(items, ())
            return
        sized = {"PaginationConfig": {"PageSize": page_size}} if page_size else {}
        for page in client.get_paginator(operation).paginate(**arguments, **sized):
            yield from page.get(items, ())


@contextmanager
def telling_refusals(client: Any, permission: str) -> Iterator[None]:
    """permission: the IAM action that is asked for. raises: Refused."""
    try:
        yield
    except ClientError as error:
        raise Refused(describe_refusal(error, permission=permission)) from error
    except (BotoCoreError, ResponseParserError) as error:
        service, _, operation = permission.partition(":")
        raise Refused(Refusal(service, operation, f"AWS did not answer {permission}: {error}")) from error


def describe_refusal(error: ClientError, *, permission: str) -> Refusal:
    said = error.response.get("Error", {})
    code, message = str(said.get("Code", "an error")), str(said.get("Message", ""))
    service = permission.partition(":")[0]
    if code in DENIED:
        advice = f"Allow {permission} to the role that Assay assumes; the module deploy/terraform/aws does."
        return Refusal(service, error.operation_name, f"AWS refused {permission} with {code}. {advice}", permission)
    return Refusal(service, error.operation_name, f"{error.operation_name} ended with {code}: {message}")


def read_tags(tags: object) -> dict[str, str]:
    """`[{Key, Value}]`, as most services write tags."""
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in tags or ()}  # type: ignore[attr-defined]  # a list of the SDK's
