"""Calls to addresses that people typed in: never to this machine, its network or its cloud's metadata.

The host is resolved once, every address that it has is checked, and the connection goes to a checked one, so a name that
changes its meaning in between gains nothing. Redirects are not followed, and proxies of the environment not used.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from assay.core.errors import AssayError, Invalid

DEADLINE_SECONDS = 10.0
MOST_ANSWER_BYTES = 4_096
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class CallFailed(AssayError):
    """No answer came: the host is unknown, refuses, is too slow, or its certificate does not fit."""

    code = "call_failed"


@dataclass(frozen=True, slots=True)
class Reply:
    """text: the beginning of the answer's body."""

    status: int
    text: str


def check_url(url: str, *, private_hosts: bool) -> None:
    """Whether a call may go there. private_hosts: plain HTTP and hosts of one's own network are fine.

    raises: Invalid for anything else than an absolute URL to a public host; CallFailed when the host cannot be resolved.
    """
    _choose_address(_read_url(url, private_hosts=private_hosts), private_hosts=private_hosts)


def post(url: str, body: bytes, headers: Mapping[str, str], *, private_hosts: bool) -> Reply:
    """One request, answered in full within DEADLINE_SECONDS or not at all. raises: Invalid as check_url, CallFailed."""
    parts = _read_url(url, private_hosts=private_hosts)
    address = _choose_address(parts, private_hosts=private_hosts)
    connection = _Connection(parts, address)
    timer = threading.Timer(DEADLINE_SECONDS, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=body, headers={**headers, "User-Agent": "Assay", "Connection": "close"})
        answer = connection.getresponse()
        return Reply(answer.status, answer.read(MOST_ANSWER_BYTES).decode(errors="replace"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CallFailed(f"{parts.hostname} did not answer: {type(error).__name__}: {error}", url=url) from error
    finally:
        timer.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """To a chosen address; the certificate must still be the host's."""

    def __init__(self, parts: SplitResult, address: Address) -> None:
        self.secure = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if self.secure else 80), timeout=DEADLINE_SECONDS)
        self.address = address
        self.default_port = 443 if self.secure else 80

    def connect(self) -> None:
        self.sock = socket.create_connection((str(self.address), self.port), self.timeout)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """Ends every wait of the call, also one that is fed a byte at a time."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.sock.close()


def _read_url(url: str, *, private_hosts: bool) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise Invalid(f"Invalid webhook URL {url!r}: {error}.", field="url") from error
    schemes = ("https", "http") if private_hosts else ("https",)
    if parts.scheme not in schemes:
        raise Invalid(f"Invalid webhook URL scheme: {parts.scheme!r}. Allowed schemes are: {', '.join(schemes)}.", field="url")
    if not parts.hostname or port == 0 or any(character.isspace() or not character.isprintable() for character in url):
        raise Invalid(f"Webhook URL must include a hostname: {url!r}", field="url")
    if parts.username is not None or parts.password is not None:
        raise Invalid(
            "A webhook URL cannot hold a user name or password: use the secret, which signs every message.", field="url"
        )
    return parts


def _choose_address(parts: SplitResult, *, private_hosts: bool) -> Address:
    """The first of the host's addresses, once all of them have been found fit."""
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallFailed(f"The host {host!r} cannot be resolved: {error}.", host=host) from error
    addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    inner = next((address for address in addresses if not is_public(address)), None)
    if inner is not None and not private_hosts:
        raise Invalid(
            f"The host {host!r} is {inner}, which is not a public address: calls into private networks are refused. "
            "ASSAY_WEBHOOK_PRIVATE_HOSTS=1 allows them for an installation whose users are trusted with its network.",
            field="url",
        )
    return addresses[0]


def is_public(address: Address) -> bool:
    """Also looks into IPv6 forms that carry an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
