"""AWS over HTTP, as far as moto has it, for as long as somebody needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3
import requests
from moto.server import ThreadedMotoServer

from tests.plugins.s3_server import CREDENTIALS

ACCOUNT = "123456789012"
LINUX_IMAGE = "ami-1e749f67"
"""One of moto's own."""


@contextmanager
def running_aws() -> Iterator[str]:
    """Empty, with credentials for it in the environment. returns: its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        with patch.dict("os.environ", CREDENTIALS):
            url = f"http://{host}:{port}"
            empty_aws(url)
            yield url
    finally:
        server.stop()


def empty_aws(url: str) -> None:
    requests.post(f"{url}/moto-api/reset", timeout=10).raise_for_status()


@cache
def aws_client(url: str, service: str, region: str = "eu-central-1") -> Any:  # the SDK ships no types
    return boto3.Session().client(service, endpoint_url=url, region_name=region)
