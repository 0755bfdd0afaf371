"""The one client of the API: what it repeats, what it refuses, how it says so."""

import pytest

from assay_client.credentials import Credentials
from assay_client.failures import ClientFailed, ServerRefused
from assay_client.server import Server
from tests.unit.client.assay_server import TOKEN, AssayServer


@pytest.fixture
def client(server: AssayServer) -> Server:
    return Server(Credentials(url=server.url, token=TOKEN), pauses=(0, 0))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_of_a_get_is_met_by_asking_again(status: int, client: Server, server: AssayServer) -> None:
    server.answer("GET", "runs/1", {"error": {"code": "unavailable", "message": "Later.", "details": {}}}, status=status)
    server.answer("GET", "runs/1", {"name": "one"})
    assert client.get("runs", "1") == {"name": "one"}


def test_a_failure_that_stays_is_told_after_three_requests(client: Server, server: AssayServer) -> None:
    server.refuse("GET", "runs/1", 503, "unavailable", "The database does not answer now.")
    with pytest.raises(ServerRefused, match=r"^The database does not answer now\.$"):
        client.get("runs", "1")
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
def test_a_refused_get_is_not_repeated(status: int, client: Server, server: AssayServer) -> None:
    server.refuse("GET", "runs/1", status, "code", "No.")
    with pytest.raises(ServerRefused) as refused:
        client.get("runs", "1")
    assert (refused.value.status, refused.value.code, len(server.asked)) == (status, "code", 1)


def test_a_post_is_never_repeated(client: Server, server: AssayServer) -> None:
    server.refuse("POST", "sweeps", 503, "unavailable", "Later.")
    with pytest.raises(ServerRefused):
        client.post("sweeps", body={"spec": ""})
    assert len(server.asked) == 1


def test_a_redirect_is_not_followed(client: Server, server: AssayServer) -> None:
    server.answer("POST", "sweeps", {}, status=302, headers=(("Location", "https://elsewhere.example.com/"),))
    with pytest.raises(ClientFailed, match=r"sends elsewhere, to https://elsewhere\.example\.com/"):
        client.post("sweeps")


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b"\xff"])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_an_answer_that_is_not_assays_is_called_that(status: int, body: bytes, client: Server, server: AssayServer) -> None:
    server.answer("GET", "me2", body, status=status)
    with pytest.raises(ServerRefused, match="is this the address of an Assay server"):
        client.get("me2")


def test_a_list_is_read_page_by_page(client: Server, server: AssayServer) -> None:
    server.answer(
        "GET", "runs", {"items": [{"n": 1}, {"n": 2}], "next_cursor": "b"}, {"items": [{"n": 3}], "next_cursor": None}
    )
    assert client.list_items("runs", params={"experiment": "digits"}) == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert [asked.params for asked in server.asked] == [{"experiment": "digits"}, {"experiment": "digits", "cursor": "b"}]


def test_a_limit_ends_the_reading(client: Server, server: AssayServer) -> None:
    server.answer("GET", "runs", {"items": [{"n": 1}, {"n": 2}], "next_cursor": "b"})
    assert client.list_items("runs", limit=2) == [{"n": 1}, {"n": 2}]
    assert [asked.params for asked in server.asked] == [{"limit": "2"}]


def test_a_name_in_a_path_cannot_leave_its_place(client: Server, server: AssayServer) -> None:
    with pytest.raises(ServerRefused):
        client.get("runs", "../me?x=1#y")
    assert [asked.path for asked in server.asked] == ["runs/..%2Fme%3Fx%3D1%23y"]
