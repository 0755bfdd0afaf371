"""Registered models, as people use them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import service
from tests.plugins.stack import Stack


@pytest.fixture
def model(live: Stack) -> str:
    """A model of this test with two versions."""
    name = "browser model"
    if not service.call(live, "api/v1/models?filter=name%20=%20'browser%20model'")["items"]:
        service.call(live, "api/2.0/mlflow/registered-models/create", {"name": name})
        run_id = service.start_run(live, "model maker")
        service.finish_run(live, run_id)
        for _ in range(2):
            body = {"name": name, "source": "s3://models/x", "run_id": run_id}
            service.call(live, "api/2.0/mlflow/model-versions/create", body)
    return name


def test_the_demos_champion_leads_from_the_list_to_its_run(page: Page) -> None:
    page.goto("/models")
    row = page.locator("table.data tbody tr", has_text="digits-ocr")
    expect(row).to_contain_text("champion")
    expect(row.locator(".amount")).to_contain_text("$")
    row.get_by_role("link", name="digits-ocr").click()
    expect(page.locator(".fact", has_text="Cost so far")).to_contain_text("$")
    page.get_by_role("link", name="Version 2").first.click()
    trace = page.locator(".trace")
    expect(trace).to_contain_text("assay demo train")
    run = trace.get_by_role("link").first
    name = run.inner_text()
    run.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_an_alias_is_set_after_asking_and_removed_again(page: Page, model: str) -> None:
    page.goto(f"/models/{model}")
    page.get_by_label("Alias", exact=True).fill("candidate")
    page.get_by_label("Version", exact=True).select_option("1")
    page.get_by_role("button", name="Set", exact=True).click()
    page.get_by_role("button", name="Set the alias").click()
    expect(page.locator("table.data tbody tr", has_text="Version 1")).to_contain_text("candidate")
    page.get_by_role("button", name="Remove").click()
    page.locator("dialog[open]").get_by_role("button", name="Remove").click()
    expect(page.locator("table.data .alias")).to_have_count(0)


def test_a_version_moves_to_a_stage_after_asking(page: Page, model: str) -> None:
    page.goto(f"/models/{model}/versions/2")
    page.get_by_label("Stage", exact=True).select_option("Staging")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Staging")
    page.get_by_text("Write it", exact=True).or_(page.get_by_text("Change it", exact=True)).click()
    page.get_by_label("Description").fill("the one we try")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".words")).to_contain_text("the one we try")


def test_a_model_is_renamed_and_deleted_by_its_name(page: Page, live: Stack) -> None:
    service.call(live, "api/2.0/mlflow/registered-models/create", {"name": "to be deleted"})
    service.call(live, "api/2.0/mlflow/model-versions/create", {"name": "to be deleted", "source": "s3://models/x"})
    page.goto("/models/to be deleted")
    page.locator(".page-head-actions summary").click()
    page.get_by_role("button", name="Rename").click()
    page.locator("#rename-name").fill("deleted soon")
    page.locator("#rename").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("deleted soon")
    page.goto("/models/deleted soon/versions/1")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("dialog[open]")).to_contain_text("With it go no alias and 0 tags")
    page.get_by_role("button", name="Delete the version").click()
    expect(page.get_by_text("No versions yet")).to_be_visible()
    page.locator(".page-head-actions summary").click()
    page.get_by_role("button", name="Delete the model").click()
    yes = page.locator("dialog[open]").get_by_role("button", name="Delete the model")
    expect(yes).to_be_disabled()
    page.locator("[data-confirm-typed]").fill("deleted soon")
    yes.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")
    expect(page.locator("table.data", has_text="deleted soon")).to_have_count(0)


def test_addresses_that_mlflow_prints_and_the_search_lead_to_models(page: Page, model: str) -> None:
    page.goto("/#/models/digits-ocr/versions/2")
    page.wait_for_url("**/models/digits-ocr/versions/2")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Runs, experiments").fill("browser mod")
    expect(page.locator("#search-results a").first).to_contain_text(model)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/models/browser%20model"))
