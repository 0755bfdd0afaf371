"""Calls to addresses that people typed in reach public hosts only."""

import ipaddress
import socket
from collections.abc import Callable

import pytest

from assay.core import outgoing
from assay.core.errors import Invalid
from assay.core.outgoing import CallFailed, check_url, is_public, post
from tests.plugins.receiver import running_receiver

Resolve = Callable[..., list[object]]


def _resolves_to(*addresses: str) -> Resolve:
    def resolve(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_addresses_of_machines_networks_and_metadata_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111"])
def test_other_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://127.1/",
        "http://93.184.215.14/",
        "ftp://93.184.215.14/",
        "file:///etc/passwd",
        "https:///x",
        "https://user:secret@93.184.215.14/",
        "https://93.184.215.14:99999/",
        "https://93.184.215.14/a\r\nHost: b",
        "https://[bad/",
        "93.184.215.14",
        "",
    ],
)
def test_an_address_that_is_not_https_to_a_public_host_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        check_url(url, private_hosts=False)


def test_one_inner_address_among_a_hosts_addresses_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", _resolves_to("93.184.215.14", "169.254.169.254"))
    with pytest.raises(Invalid, match=r"169\.254\.169\.254, which is not a public address"):
        check_url("https://rebound.example.com/", private_hosts=False)
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", _resolves_to("93.184.215.14"))
    check_url("https://rebound.example.com/", private_hosts=False)


def test_a_name_that_changes_its_meaning_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was checked: the name is not asked for again."""
    asked, reached = [], []

    def resolve(host: str, port: int, **kinds: object) -> list[object]:
        asked.append(host)
        return _resolves_to("93.184.215.14" if len(asked) == 1 else "127.0.0.1")(host, port, **kinds)

    def connect(place: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(place)
        raise OSError("stop here")

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outgoing.socket, "create_connection", connect)
    with pytest.raises(CallFailed, match="stop here"):
        post("https://rebound.example.com/", b"{}", {}, private_hosts=False)
    assert (asked, reached) == (["rebound.example.com"], [("93.184.215.14", 443)])


def test_a_host_that_cannot_be_resolved_is_a_failed_call() -> None:
    with pytest.raises(CallFailed, match="cannot be resolved"):
        post("https://nowhere.invalid/", b"{}", {}, private_hosts=False)


def test_redirects_are_answers_not_ways() -> None:
    with running_receiver() as elsewhere, running_receiver() as receiver:
        receiver.answers, receiver.location = [307], elsewhere.url
        reply = post(f"{receiver.url}?a=1", b'{"a": 1}', {"X-A": "b"}, private_hosts=True)
        assert (reply.status, reply.text) == (307, "thanks")
        assert (receiver.messages[0].path, receiver.messages[0].headers["X-A"]) == ("/hook?a=1", "b")
        assert elsewhere.messages == []


def test_a_host_that_never_answers_ends_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "DEADLINE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(CallFailed, match="did not answer"):
        post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {}, private_hosts=True)
