"""An EC2 instance, from its metadata service (version 2, with a token).

Machines that the firmware's vendor strings rule out are not asked, so a laptop waits for nothing; a machine that does
not answer costs at most ANSWER_SECONDS, once per process.
"""

import http.client
import json
import re
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from assay_client.identity.values import Compute

FIRMWARE = Path("/sys/class/dmi/id")
HYPERVISOR_UUID = Path("/sys/hypervisor/uuid")
ENDPOINTS = {"ipv4": "http://169.254.169.254", "ipv6": "http://[fd00:ec2::254]"}
CONNECT_SECONDS = 0.3
ANSWER_SECONDS = 0.9
TOKEN_SECONDS = 60
LONGEST_ANSWER_BYTES = 65536
INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,17}")


class _Answers(TypedDict, total=False):
    compute: Compute


def find_ec2(environ: Mapping[str, str]) -> Compute | None:
    if environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        return None
    endpoint = environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "").strip()
    if endpoint:
        return _ask_once(endpoint)
    if not _looks_like_ec2():
        return None
    mode = environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "").lower()
    return _ask_once(ENDPOINTS.get(mode, ENDPOINTS["ipv4"])) or _instance_of_firmware()


@cache
def _ask_once(endpoint: str) -> Compute | None:
    """A thread of its own bounds what socket time-outs do not: name look-up and answers that trickle."""
    answers: _Answers = {}
    asking = threading.Thread(target=_ask, args=(endpoint, answers), daemon=True)
    asking.start()
    asking.join(ANSWER_SECONDS)
    return answers.get("compute")


def _ask(endpoint: str, answers: _Answers) -> None:
    try:
        answers["compute"] = _read_instance(endpoint)
    except (OSError, ValueError, http.client.HTTPException):
        return


def _read_instance(endpoint: str) -> Compute:
    address = urlsplit(endpoint)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=CONNECT_SECONDS)
    latest = address.path.rstrip("/") + "/latest/"
    try:
        lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
        token = {"X-aws-ec2-metadata-token": _answer(connection, "PUT", latest + "api/token", lifetime)}
        document = json.loads(_answer(connection, "GET", latest + "dynamic/instance-identity/document", token))
        lifecycle = _answer(connection, "GET", latest + "meta-data/instance-life-cycle", token)
    finally:
        connection.close()
    return _parse_document(document, lifecycle=lifecycle)


def _answer(connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]) -> str:
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read(LONGEST_ANSWER_BYTES)
    if response.status != http.client.OK:
        raise ValueError(f"{method} {path} answered {response.status}")
    return body.decode("utf-8").strip()


def _parse_document(document: object, *, lifecycle: str) -> Compute:
    if not isinstance(document, dict) or not INSTANCE_ID.fullmatch(str(document.get("instanceId"))):
        raise ValueError("the identity document names no instance")
    said = {name: str(value) for name, value in document.items() if value}
    return Compute(
        provider="aws",
        resource_id=said["instanceId"],
        instance_type=said.get("instanceType"),
        region=said.get("region"),
        zone=said.get("availabilityZone"),
        lifecycle=lifecycle,
        account_id=said.get("accountId"),
        host=said.get("privateIp"),
    )


def _looks_like_ec2() -> bool:
    vendors = (_firmware(name) for name in ("sys_vendor", "board_vendor", "bios_vendor", "bios_version", "product_version"))
    return any("amazon" in vendor.lower() for vendor in vendors) or _text(HYPERVISOR_UUID).lower().startswith("ec2")


def _instance_of_firmware() -> Compute | None:
    """Nitro writes the instance's id into the firmware: known also where a container's hop limit hides the service."""
    asset = _firmware("board_asset_tag")
    return Compute(provider="aws", resource_id=asset) if INSTANCE_ID.fullmatch(asset) else None


def _firmware(name: str) -> str:
    return _text(FIRMWARE / name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
