"""Addresses of Assay servers."""

import ipaddress
from urllib.parse import urlsplit

from assay_client.failures import ClientFailed


def clean_url(text: str) -> str:
    """The base URL without its trailing slash. raises: ClientFailed saying what is wrong with it."""
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ClientFailed(
            f"{text!r} is not the address of a server; it looks like https://assay.example.com or http://127.0.0.1:8000."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ClientFailed(
            f"The address of {parts.hostname} may hold no user name, password, ? or #; give the token with --token or ASSAY_TOKEN."
        )
    return url


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def sends_token_in_clear(url: str) -> bool:
    return urlsplit(url).scheme == "http" and not is_loopback(url)
