"""The run table as people use it: keys, chosen runs over pages, undo, columns, groups, saved views, live rows."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import service
from tests.plugins.stack import Stack

Fill = Callable[[str, int], str]
BAR = "[data-selection-bar]"
COUNT = "[data-selection-count]"
BOXES = "input[data-select]"


@pytest.fixture
def fill(live: Stack) -> Fill:
    """An experiment with so many finished runs. returns: its address."""

    def filled(name: str, runs: int) -> str:
        number = service.call(live, "api/2.0/mlflow/experiments/create", {"name": name})["experiment_id"]
        for place in range(runs):
            body = {"experiment_id": number, "run_name": f"{name} {place}", "start_time": 1_767_225_600_000 + place}
            run_id = service.call(live, "api/2.0/mlflow/runs/create", body)["run"]["info"]["run_id"]
            metrics = [{"key": "score", "value": place / 10 + step, "timestamp": step, "step": step} for step in (0, 1)]
            params = [{"key": "kernel", "value": ("rbf", "poly")[place % 2]}]
            service.call(live, "api/2.0/mlflow/runs/log-batch", {"run_id": run_id, "metrics": metrics, "params": params})
            service.finish_run(live, run_id)
        return f"/experiments/{number}"

    return filled


def test_runs_are_chosen_by_key_and_stay_chosen_over_pages(page: Page, fill: Fill) -> None:
    page.goto(fill("paged", 53))
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(COUNT)).to_have_text("1")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".pager")).to_contain_text("51 to 53 of 53")
    page.locator(BOXES).first.check()
    expect(page.locator(COUNT)).to_have_text("2")
    page.get_by_role("link", name="Previous").click()
    expect(page.locator(BOXES).first).to_be_checked()
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Compare 2 runs")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(BAR)).to_be_hidden()


def test_no_more_than_a_hundred_runs_can_be_chosen(page: Page, fill: Fill) -> None:
    address = fill("crowded", 102)
    page.goto(address)
    for shown in ("1 to 50", "51 to 100", "101 to 102"):
        expect(page.locator(".pager")).to_contain_text(f"{shown} of 102")
        page.get_by_label("Choose every run of this page").click()
        if shown != "101 to 102":
            page.get_by_role("link", name="Next").click()
    expect(page.locator(COUNT)).to_have_text("100")
    expect(page.get_by_text("100 runs at most")).to_be_visible()


def test_chosen_runs_are_deleted_and_undone(page: Page, fill: Fill) -> None:
    page.goto(fill("undone", 3))
    page.get_by_label("Choose every run of this page").check()
    page.locator(BAR).get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted 3 runs")).to_be_visible()
    expect(page.locator(BOXES)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Restored 3 runs")).to_be_visible()
    expect(page.locator(BOXES)).to_have_count(3)
    expect(page.locator(BAR)).to_be_hidden()


def test_deleted_runs_are_restored_from_their_tab(page: Page, fill: Fill) -> None:
    page.goto(fill("restored", 2))
    page.locator(BOXES).first.check()
    page.locator(BAR).get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("link", name="Deleted 1").click()
    page.locator(BOXES).first.check()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("Restored 1 run")).to_be_visible()


def test_a_tag_is_set_on_chosen_runs_and_shown_as_a_column(page: Page, fill: Fill) -> None:
    page.goto(fill("tagged", 2))
    page.locator(BOXES).first.check()
    page.locator(BAR).get_by_text("Set tag").click()
    page.get_by_label("Tag", exact=True).fill("stage")
    page.get_by_label("Value").fill("candidate")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("Set the tag stage on 1 run")).to_be_visible()
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Find a column").fill("stag")
    page.get_by_role("checkbox", name="stage tag").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("cell", name="candidate")).to_be_visible()
    assert "columns=tag%3Astage" in page.url


def test_groups_open_in_place_and_their_runs_can_be_chosen(page: Page, fill: Fill) -> None:
    page.goto(fill("grouped", 5))
    page.get_by_text("Group", exact=True).click()
    page.get_by_label("Group by").select_option("param:kernel")
    page.get_by_role("button", name="Show", exact=True).click()
    heads = page.locator(".group-head")
    expect(heads).to_have_count(2)
    expect(heads.first).to_contain_text("rbf")
    heads.first.get_by_role("link", name="rbf").click()
    expect(page.locator(BOXES)).to_have_count(3)
    assert "open=%3Drbf" in page.url
    page.locator(BOXES).first.check()
    expect(page.locator(COUNT)).to_have_text("1")
    page.get_by_role("link", name="Show runs").nth(1).click()
    expect(page.locator(".pager")).to_contain_text("1 to 2 of 2")


def test_a_view_is_saved_and_leads_back(page: Page, fill: Fill) -> None:
    page.goto(f"{fill('viewed', 2)}?sort=-metric%3Ascore")
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Save what is shown now").fill("Best first")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Run", exact=True).click()
    page.wait_for_url(re.compile("sort=name"))
    page.get_by_text("Views 1", exact=True).click()
    page.get_by_role("link", name="Best first").click()
    page.wait_for_url(re.compile("sort=-metric%3Ascore"))


def test_a_running_row_lives_and_stays_chosen(page: Page, live: Stack, fill: Fill) -> None:
    address = fill("living", 1)
    body = {"experiment_id": address.rsplit("/", 1)[-1], "run_name": "going", "start_time": 1_767_300_000_000}
    run_id = service.call(live, "api/2.0/mlflow/runs/create", body)["run"]["info"]["run_id"]
    service.log_metric(live, run_id, "score", 7.5, step=0)
    page.goto(address)
    page.keyboard.press("j")
    page.keyboard.press("x")
    service.log_metric(live, run_id, "score", 8.25, step=1)
    expect(page.locator(f"#run-{run_id}")).to_contain_text("8.25", timeout=20_000)
    expect(page.locator(f"#run-{run_id} {BOXES}")).to_be_checked()
    expect(page.locator(f"#run-{run_id}")).to_have_class(re.compile("is-cursor"))
    service.finish_run(live, run_id)


def test_slash_goes_to_the_filter_and_a_wrong_one_is_explained_below_it(page: Page, fill: Fill) -> None:
    page.goto(fill("filtered", 2))
    page.keyboard.press("/")
    page.keyboard.type("metrics.score >")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("expected a number")
    page.locator("summary[title='How to filter']").click()
    expect(page.get_by_text("odd names in backticks")).to_be_visible()
