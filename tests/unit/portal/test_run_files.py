"""The files of a run: a tree, a preview of each kind, and nothing that acts."""

import hashlib
import json
import pickle
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.models import Organization
from assay.portal.selectors import file_previews, run_files
from assay.tracking.domain.values import RunView
from assay.tracking.services.artifacts import open_for_write
from tests.unit.portal.conftest import inside

Show = Callable[..., str]
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def put(organization: Organization, run: RunView) -> Callable[[str, bytes], None]:
    def placed(path: str, content: bytes) -> None:
        folder = run.artifact_uri.removeprefix("assay-artifacts:/")
        with inside(organization), open_for_write(organization.id, f"{folder}/{path}") as file:
            file.write(content)

    return placed


@pytest.fixture
def show(ada: Client, run: RunView) -> Show:
    def shown(status: int = 200, **query: str) -> str:
        answer = ada.get(reverse("run", args=[run.id]), {"tab": "artifacts", **query})
        assert answer.status_code == status
        return answer.text

    return shown


def test_the_tree_is_open_along_one_path_with_sizes(put: Callable[[str, bytes], None], show: Show) -> None:
    for path in ("model/data/model.bin", "model/MLmodel", "model2/x", "a.txt"):
        put(path, b"x" * 2_000)
    root = show()
    assert "model.bin" not in root
    assert root.index(">model<") < root.index(">model2<") < root.index(">a.txt<")
    assert "1 file, 2" in root
    opened = show(path="model/data")
    assert opened.index(">model<") < opened.index(">data<") < opened.index(">model.bin<") < opened.index(">MLmodel<")
    assert opened.count('aria-expanded="true"') == 2
    by_file = show(file="model/MLmodel")
    assert 'aria-current="true"' in by_file
    assert ">data<" in by_file


def test_a_folder_with_very_many_files_shows_the_first(
    put: Callable[[str, bytes], None], show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_files, "SHOWN_OF_A_FOLDER", 3)
    for number in range(5):
        put(f"n{number}.txt", b"x")
    put("z/deep.txt", b"x")
    page = show(path="z")
    assert "deep.txt" in page
    assert "n1.txt" in page
    assert "n3.txt" not in page
    assert "3 more in this folder" in page


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("table.csv", f"name,{EVIL}\nada,{EVIL}\n".encode(), "<td class=\"cell-text\" title=\"ada\">ada</td>"),
        ("table.tsv", b"a\tb\n1\t2\n", "1 row."),
        ("eval.json", json.dumps({"columns": ["q", EVIL], "data": [["why", None]]}).encode(), "null"),
        ("plain.json", json.dumps({"b": [1, EVIL]}).encode(), "&quot;b&quot;: ["),
        ("broken.json", b'{"a": ', "{&quot;a&quot;: "),
        ("deep.json", b"[" * 100_000, "[[["),
        ("conf.yaml", f"a: {EVIL}".encode(), "a: &lt;script&gt;"),
        ("train.py", b"import os", "import os"),
        ("README.md", b"# Title", "# Title"),
        ("nb.ipynb", json.dumps({"cells": [{"cell_type": "markdown", "source": EVIL}]}).encode(), "&lt;script&gt;alert"),
        ("nb2.ipynb", b'{"no": "cells"}', "&quot;no&quot;"),
        ("page.html", EVIL.encode(), "which do not run here"),
        ("model.bin", b"\0\1\2\3" * 50, "does not show files of this kind"),
        ("broken.parquet", b"PAR1xxxxPAR1", "cannot be read"),
    ],
)  # fmt: skip
def test_each_kind_has_its_preview_and_nothing_of_it_acts(
    put: Callable[[str, bytes], None], show: Show, name: str, content: bytes, expected: str
) -> None:
    put(name, content)
    page = show(file=name)
    assert expected in page
    assert EVIL not in page


def test_what_could_run_is_named_unsafe_with_size_and_digest_and_never_loaded(
    put: Callable[[str, bytes], None], show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return pytest.fail, ("the pickle was loaded",)

    content = pickle.dumps(Trap())
    for name in ("model.pkl", "model.joblib", "innocent.png"):
        put(name, content)
        page = show(file=name)
        assert "Unsafe, never opened here" in page
        assert hashlib.sha256(content).hexdigest() in page
    monkeypatch.setattr(file_previews, "WHOLE_BYTES", 3)
    assert "sha256sum" in show(file="model.pkl")


def test_a_page_is_framed_without_rights_or_shown_as_its_source(put: Callable[[str, bytes], None], show: Show) -> None:
    put("plot.html", f"<p>hi</p>{EVIL}".encode())
    page = show(file="plot.html")
    assert "sandbox title=" in page
    source = show(file="plot.html", view="source")
    assert "&lt;p&gt;hi&lt;/p&gt;" in source
    assert "<iframe" not in source
    assert EVIL not in page + source


def test_only_the_beginning_of_a_large_file_is_read(put: Callable[[str, bytes], None], show: Show) -> None:
    put("long.log", b"line\n" * 200_000)
    page = show(file="long.log")
    assert "The beginning only" in page
    assert len(page) < 400_000
    put("huge.json", b"[" + b"1," * 3_000_000 + b"1]")
    assert "The beginning only" in show(file="huge.json")


def test_the_first_preview_is_an_image_or_a_calm_file(put: Callable[[str, bytes], None], show: Show) -> None:
    put("a.html", b"<p>")
    assert "Choose a file" in show()
    put("b.txt", b"calm words")
    assert "calm words" in show()
    put("c.png", b"\x89PNG\r\n\x1a\n")
    assert 'class="preview"' in show()


@pytest.mark.parametrize("path", ["../../x", "%2e%2e/x", "a\\b", "a\0b"])
def test_no_address_leads_outside_the_run(show: Show, path: str) -> None:
    show(400, path=path)
    show(400, file=path)


def test_a_file_that_is_not_there_is_not_found(show: Show) -> None:
    show(404, file="absent.txt")


def test_a_stranger_finds_no_files(eve: Client, run: RunView, put: Callable[[str, bytes], None]) -> None:
    put("a.txt", b"secret")
    assert eve.get(reverse("run", args=[run.id]), {"tab": "artifacts"}).status_code == 404
    assert eve.get(reverse("run_file", args=[run.id]), {"path": "a.txt"}).status_code == 404
