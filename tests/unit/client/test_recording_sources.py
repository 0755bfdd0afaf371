"""What is recorded of code and surroundings, and what never is."""

import subprocess
import sys
from pathlib import Path

import pytest

from assay_client.recording import repositories, sources
from assay_client.recording.masking import MASK, mask_command, mask_text
from assay_client.recording.repositories import read_checkout
from assay_client.recording.sources import git_tags, read_source

KEY = "AKIA" + "IOSFODNN7EXAMPLE"  # of AWS's own documentation


def git(folder: Path, *words: str) -> str:
    named = ["-c", "user.name=ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for name in ("train.py", ".env", "keys/server.pem"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("a = 1\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    git(folder, "remote", "add", "origin", "https://ada:hunter2secret@git.example.com/code.git")
    return folder


def test_a_clean_checkout_is_its_commit(checkout: Path) -> None:
    found = read_checkout(checkout)
    assert found is not None
    assert (found.commit, found.branch, found.is_dirty, found.diff) == (git(checkout, "rev-parse", "HEAD"), "main", False, "")
    assert found.remote == f"https://{MASK}@git.example.com/code.git"


def test_the_diff_holds_tracked_files_without_those_of_secrets(checkout: Path) -> None:
    (checkout / "train.py").write_text("a = 2\n")
    for name in (".env", "keys/server.pem", "notes.txt"):
        (checkout / name).write_text("something private\n")
    found = read_checkout(checkout)
    assert found is not None
    assert found.is_dirty
    assert "-a = 1\n+a = 2\n" in found.diff
    assert "private" not in found.diff


def test_a_changed_secret_alone_still_says_that_the_checkout_is_dirty(checkout: Path) -> None:
    (checkout / ".env").write_text("PASSWORD=other\n")
    found = read_checkout(checkout)
    assert found is not None
    assert (found.is_dirty, found.diff) == (True, "")


def test_staged_changes_count_and_literal_secrets_are_masked(checkout: Path) -> None:
    (checkout / "train.py").write_text(f'password = "correct horse"\nkey = "{KEY}"\n')
    git(checkout, "add", "--all")
    found = read_checkout(checkout)
    assert found is not None
    assert "horse" not in found.diff
    assert KEY not in found.diff
    assert found.diff.count(MASK) == 2


def test_a_long_diff_is_cut_at_a_line_and_says_how_much_is_missing(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repositories, "DIFF_BYTES", 1_000)
    (checkout / "train.py").write_text("".join(f"x{index} = {index}\n" for index in range(500)))
    found = read_checkout(checkout)
    assert found is not None
    whole = len(git(checkout, "diff", "HEAD").encode()) + 1
    assert len(found.diff.encode()) <= 1_000
    assert found.diff.endswith("\n")
    assert found.diff_omitted_bytes == whole - len(found.diff.encode())


def test_without_a_repository_or_a_commit_or_git_there_is_no_checkout(
    tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_checkout(tmp_path) is None
    git(tmp_path, "init", "--quiet")
    assert read_checkout(tmp_path) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_checkout(checkout) is None


def test_a_source_is_what_the_server_takes(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(sources, "_script", lambda: checkout / "train.py")
    monkeypatch.setattr(sys, "orig_argv", ["python", "train.py", "--api-key", "abcdef", "--lr=0.1"])
    source = read_source()
    assert (source["commit"], source["folder"]) == (git(checkout, "rev-parse", "HEAD"), str(checkout))
    assert source["command"] == f"python train.py --api-key '{MASK}' --lr=0.1"
    assert "pytest" in source["packages"]
    assert set(git_tags(source)) == {"mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.source.git.repoURL"}


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        "token: ghp_" + "a1B2" * 9,
        "assay_" + "x9" * 12,
        "OPENAI_API_KEY=sk-" + "a" * 30,
        '"db_password": "hunter2!"',
        "secret_key = 'abc123'",
        "+export DB_PASSWORD=hunter2",
        "postgres://ada:hunter2@db/x",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_secrets_are_masked(text: str) -> None:
    masked = mask_text(text)
    assert MASK in masked
    assert [part for part in ("hunter2", "abc123", "MIIEow", "a1B2", "x9x9", "aaaa", KEY) if part in masked] == []


@pytest.mark.parametrize(
    "text", ["tokens = batch.tokens", "max_token: 512", "token = tokenizer(text)", "https://example.com/a"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask_text(text) == text


def test_options_that_name_secrets_lose_their_values() -> None:
    words = ["train.py", "--password", "p4ss", "--token=abc", "--lr", "0.1", "--hf-access-token", "x"]
    assert mask_command(words) == ["train.py", "--password", MASK, f"--token={MASK}", "--lr", "0.1", "--hf-access-token", MASK]
