"""Where code lies, and how two differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.portal.domain.code import (
    MOST_LINES,
    compare_mappings,
    compare_texts,
    link_commit,
    link_repository,
    read_diff,
    source_from_tags,
)

DIFF = """diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -1,2 +1,2 @@
-lr = 0.1
+lr = 0.01
 epochs = 3
"""
COMMIT = "3f2a9c1d" * 5


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@github.com:acme/vision.git", "https://github.com/acme/vision"),
        ("https://user:secret@github.com/acme/vision.git", "https://github.com/acme/vision"),
        ("ssh://git@git.acme.example:2222/team/vision.git", "https://git.acme.example/team/vision"),
        ("http://forge.local:3000/a/b", "http://forge.local:3000/a/b"),
        ("https://gitlab.com/group/sub/repo/", "https://gitlab.com/group/sub/repo"),
        ("/srv/git/vision.git", ""),
        ("file:///srv/git/vision.git", ""),
        ("javascript:alert(1)", ""),
        ("https://host:not-a-port/x", ""),
        ("", ""),
    ],
)
def test_a_remote_leads_a_browser_to_its_repository_without_credentials(remote: str, expected: str) -> None:
    assert link_repository(remote) == expected


@pytest.mark.parametrize(
    ("remote", "part"),
    [("git@github.com:a/b.git", "/commit/"), ("https://gitlab.com/a/b", "/-/commit/"), ("git@bitbucket.org:a/b", "/commits/")],
)
def test_a_commit_is_shown_where_its_forge_shows_it(remote: str, part: str) -> None:
    assert link_commit(remote, COMMIT).endswith(part + COMMIT)
    assert link_commit(remote, "not a commit") == ""


@given(st.text())
def test_any_remote_gives_an_address_of_the_web_or_none(remote: str) -> None:
    assert link_repository(remote).startswith(("https://", "http://")) or link_repository(remote) == ""


def test_a_diff_counts_what_was_added_and_dropped() -> None:
    diff = read_diff(DIFF)
    assert (diff.added, diff.dropped, diff.left_out) == (1, 1, 0)
    assert [line.kind for line in diff.lines] == ["file"] * 4 + ["hunk", "drop", "add", "same"]


def test_a_very_long_diff_is_cut_and_says_so() -> None:
    assert read_diff("+x\n" * (MOST_LINES + 5)).left_out == 5


def test_two_texts_differ_by_lines() -> None:
    assert compare_texts(DIFF, DIFF, names=("a", "b")).lines == ()
    diff = compare_texts("lr = 1\nseed = 2", "lr = 3\nseed = 2", names=("one", "two"))
    assert [line.text for line in diff.lines if line.kind in {"add", "drop"}] == ["-lr = 1", "+lr = 3"]


def test_packages_that_are_gone_new_or_changed_are_listed() -> None:
    found = compare_mappings({"numpy": "1", "torch": "2", "same": "1"}, {"numpy": "2", "jax": "1", "same": "1"})
    assert [(one.name, one.base, one.other) for one in found] == [("jax", "", "1"), ("numpy", "1", "2"), ("torch", "2", "")]


def test_what_mlflows_client_tags_is_source_enough() -> None:
    source = source_from_tags({"mlflow.source.git.commit": COMMIT, "mlflow.source.name": "train.py"})
    assert source is not None
    assert (source.commit, source.entry_point, source.is_dirty) == (COMMIT, "train.py", None)
    assert source_from_tags({"team": "vision"}) is None
