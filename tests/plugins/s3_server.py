"""An S3 server over HTTP, for as long as somebody needs it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
import requests
from moto.server import ThreadedMotoServer

BUCKET = "assay-artifacts"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def running_s3() -> Iterator[str]:
    """A server with one empty bucket, and credentials for it in the environment. returns: its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        with patch.dict("os.environ", CREDENTIALS):
            url = f"http://{host}:{port}"
            requests.post(f"{url}/moto-api/reset", timeout=10).raise_for_status()  # what a server before this one kept
            client_of(url).create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": CREDENTIALS["AWS_DEFAULT_REGION"]}
            )
            yield url
    finally:
        server.stop()


@contextmanager
def running_s3_apart() -> Iterator[str]:
    """The same in a process of its own, for clients that let no other thread run while they wait."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(url, server)
        with patch.dict("os.environ", CREDENTIALS):
            region = {"LocationConstraint": CREDENTIALS["AWS_DEFAULT_REGION"]}
            client_of(url).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=region)
            yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_until_it_answers(url: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            requests.get(f"{url}/moto-api/", timeout=10)
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("the S3 server did not start")


def client_of(url: str):  # type: ignore[no-untyped-def]  # the SDK ships no types
    assert urlsplit(url).hostname == "127.0.0.1"
    return boto3.Session().client("s3", endpoint_url=url)
