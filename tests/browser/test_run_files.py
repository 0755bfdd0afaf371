"""The files of a run in Chromium: the tree opens, previews are drawn, and nothing of a file runs."""

import json
import pickle
import urllib.request
from base64 import b64decode
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser import service
from tests.browser.conftest import OUTPUT, Open
from tests.plugins.stack import Stack

PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
RAN = "<h1>Report</h1><script>document.title = parent.document.title = 'ran'</script>"
PICTURE_SHOWN = "() => document.querySelector('img.preview')?.naturalWidth === 1"
FILES = {
    "tables/predictions.csv": b"name,score\nada,0.5\nben,0.7\n",
    "tables/eval.json": json.dumps({"columns": ["question"], "data": [["why"]]}).encode(),
    "plots/curve.png": PIXEL,
    "model/data/model.pkl": pickle.dumps({"a": 1}),
    "notebooks/explore.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": "1 + 1", "outputs": []}]}).encode(),
    "report.html": RAN.encode(),
}


@pytest.fixture(scope="module")
def run_id(live: Stack) -> str:
    run_id = service.start_run(live, "with files")
    for path, content in FILES.items():
        request = urllib.request.Request(
            f"{live.url}/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/{quote(path)}",
            data=content,
            headers={"Authorization": f"Bearer {live.token}"},
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=30).close()
    service.finish_run(live, run_id)
    return run_id


def test_the_tree_opens_and_previews_follow_without_leaving_the_page(page: Page, run_id: str) -> None:
    page.goto(f"/runs/{run_id}?tab=artifacts")
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="tables").click()
    page.get_by_role("link", name="predictions.csv").click()
    expect(page.get_by_role("cell", name="ada", exact=True)).to_be_visible()
    page.get_by_role("link", name="eval.json").click()
    expect(page.get_by_role("cell", name="why", exact=True)).to_be_visible()
    page.get_by_role("button", name="plots").click()
    page.get_by_role("link", name="curve.png").click()
    page.wait_for_function(PICTURE_SHOWN)
    page.get_by_role("button", name="notebooks").click()
    expect(page.locator(".notebook-source")).to_have_text("1 + 1")
    assert page.evaluate("window.stayed")
    page.screenshot(path=OUTPUT / "run-files-notebook.png")
    page.go_back()
    page.wait_for_function(PICTURE_SHOWN)


def test_a_pickle_is_named_unsafe_and_downloads_whole(page: Page, run_id: str) -> None:
    page.goto(f"/runs/{run_id}?tab=artifacts&file=model/data/model.pkl")
    expect(page.get_by_role("heading", name="Unsafe, never opened here")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes() == FILES["model/data/model.pkl"]


def test_scripts_of_a_page_do_not_run(open_window: Open, run_id: str) -> None:
    page = open_window().new_page()
    page.goto(f"/runs/{run_id}?tab=artifacts&file=report.html")
    expect(page.frame_locator("iframe.file-frame").get_by_role("heading", name="Report")).to_be_visible()
    assert page.title() != "ran"
    page.goto(f"/runs/{run_id}/file?path=report.html&inline=1")
    assert page.title() != "ran"
    page.goto(f"/runs/{run_id}?tab=artifacts&file=report.html")
    page.get_by_role("link", name="Source", exact=True).click()
    expect(page.locator("pre.file-text")).to_contain_text("<script>")
