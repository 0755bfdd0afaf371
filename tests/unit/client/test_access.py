"""`assay login`, `logout`, `status`, and what is kept of a token."""

import json
import stat
from pathlib import Path

import pytest

from assay_client.cli.session import connect
from assay_client.credentials import Credentials
from tests.unit.client.assay_server import ME, TOKEN, AssayServer
from tests.unit.client.conftest import Assay, json_of


def stored(home: Path) -> Path:
    return home / ".config" / "assay" / "credentials.json"


def test_login_checks_the_token_and_stores_it_for_its_owner_alone(server: AssayServer, run: Assay, home: Path) -> None:
    result = run("login", "--url", server.url + "/", "--token", TOKEN)
    assert result.exit_code == 0
    assert "ada@example.com of Demo" in result.stdout
    assert json.loads(stored(home).read_text()) == {"url": server.url, "token": TOKEN}
    assert stat.S_IMODE(stored(home).stat().st_mode) == 0o600


def test_a_token_is_asked_for_without_echo(server: AssayServer, run: Assay, home: Path) -> None:
    result = run("login", "--url", server.url, input=f"{TOKEN}\n")
    assert result.exit_code == 0
    assert TOKEN not in result.output
    assert stored(home).exists()


def test_an_unknown_token_is_not_stored(server: AssayServer, run: Assay, home: Path) -> None:
    result = run("login", "--url", server.url, "--token", "wrong")
    assert result.exit_code == 1
    assert result.stderr == "Error: This token is not known. Run `assay login`.\n"
    assert not stored(home).exists()


def test_stored_credentials_are_used_until_logout(server: AssayServer, run: Assay) -> None:
    run("login", "--url", server.url, "--token", TOKEN)
    assert json_of(run("status", "--json"))["me"] == ME
    assert "Removed" in run("logout").stdout
    result = run("status")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: Not logged in: run `assay login --url URL`, or set ASSAY_URL and ASSAY_TOKEN.\n",
    )


def test_the_environment_wins_over_what_is_stored(server: AssayServer, run: Assay, monkeypatch: pytest.MonkeyPatch) -> None:
    run("login", "--url", server.url, "--token", TOKEN)
    monkeypatch.setenv("ASSAY_TOKEN", "another")
    assert run("status").exit_code == 1


def test_a_stored_token_goes_to_its_own_server_only(server: AssayServer, run: Assay, monkeypatch: pytest.MonkeyPatch) -> None:
    run("login", "--url", server.url, "--token", TOKEN)
    with AssayServer() as other:
        monkeypatch.setenv("ASSAY_URL", other.url)
        result = run("status")
        assert result.exit_code == 1
        assert f"No token for {other.url}" in result.stderr
        assert other.asked == []


def test_a_netrc_of_the_users_does_not_replace_the_token(logged_in: AssayServer, run: Assay, home: Path) -> None:
    netrc = home / ".netrc"
    netrc.write_text("machine 127.0.0.1 login x password y\n")
    netrc.chmod(0o600)
    assert run("status").exit_code == 0


def test_a_token_in_clear_to_another_host_is_warned_about(capsys: pytest.CaptureFixture[str]) -> None:
    connect(Credentials(url="http://assay.example.com", token=TOKEN))
    connect(Credentials(url="https://assay.example.com", token=TOKEN))
    connect(Credentials(url="http://localhost:8000", token=TOKEN))
    assert capsys.readouterr().err == "Warning: the token goes unencrypted to http://assay.example.com; use https.\n"


@pytest.mark.parametrize(
    "url", ["assay.example.com", "ftp://assay.example.com", "http://", "http://x:99999", "http://u:p@h", "http://h/?a=b"]
)
def test_what_is_no_address_of_a_server_is_refused(url: str, run: Assay) -> None:
    result = run("login", "--url", url, "--token", TOKEN)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


def test_a_token_never_shows_in_a_representation() -> None:
    assert TOKEN not in repr(Credentials(url="http://localhost", token=TOKEN))


def test_a_broken_credentials_file_is_named(run: Assay, home: Path) -> None:
    stored(home).parent.mkdir(parents=True)
    stored(home).write_text("{")
    result = run("status")
    assert result.exit_code == 1
    assert str(stored(home)) in result.stderr


def test_status_names_the_machine_that_runs_are_tagged_with(
    logged_in: AssayServer, run: Assay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_COMPUTE_RESOURCE_ID", "i-0123456789abcdef0")
    result = run("status")
    assert "assay.compute.resource_id  i-0123456789abcdef0" in result.stdout
    assert f"{logged_in.url} (version 0.1.0)" in result.stdout


def test_a_server_that_is_not_there_is_one_sentence(run: Assay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ASSAY_TOKEN", TOKEN)
    monkeypatch.setattr("assay_client.server.time.sleep", lambda seconds: None)
    result = run("status")
    assert result.exit_code == 1
    assert result.stderr == "Error: http://127.0.0.1:1 cannot be reached; is the server running and the address right?\n"
