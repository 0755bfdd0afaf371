"""What changes while somebody looks."""

import re

from playwright.sync_api import Page, expect

from tests.browser import service
from tests.plugins.stack import Stack

POINTS = "figure[data-chart='loss']"
SLEEPER = """
name: sleeper
command: python -c "import time; time.sleep(600)"
metric: accuracy
direction: maximize
max_trials: 4
parallelism: 1
space:
  x: {type: uniform, low: 0, high: 1}
"""


def test_a_new_point_of_a_metric_appears_by_itself(page: Page, live: Stack) -> None:
    run_id = service.start_run(live, "watched")
    service.log_metric(live, run_id, "loss", 1.0, step=0)
    page.goto(f"/runs/{run_id}")
    expect(page.locator(POINTS)).to_have_attribute("data-chart-points", "1")
    service.log_metric(live, run_id, "loss", 0.5, step=1)
    expect(page.locator(POINTS)).to_have_attribute("data-chart-points", "2", timeout=15_000)
    service.log_metric(live, run_id, "accuracy", 0.9, step=1)
    expect(page.locator("figure[data-chart='accuracy']")).to_have_attribute("data-chart-points", "1", timeout=15_000)
    service.finish_run(live, run_id)
    expect(page.locator("#run-head .state")).to_have_text("Finished", timeout=15_000)
    expect(page.locator("#run-head")).not_to_have_attribute("hx-get", re.compile("."))


def test_a_run_without_metrics_shows_its_first_one(page: Page, live: Stack) -> None:
    run_id = service.start_run(live, "silent at first")
    page.goto(f"/runs/{run_id}")
    expect(page.get_by_text("No metric yet")).to_be_visible()
    service.log_metric(live, run_id, "loss", 1.0, step=0)
    expect(page.locator(POINTS)).to_have_attribute("data-chart-points", "1", timeout=15_000)
    service.finish_run(live, run_id)


def test_a_sweep_is_stopped_after_asking(page: Page, live: Stack) -> None:
    sweep = service.call(live, "api/v1/sweeps", {"spec": SLEEPER, "workdir": "/tmp"})
    page.goto(f"/sweeps/{sweep['id'].replace('-', '')}")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#sweep-facts .state").first).to_have_text("Running")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop the sweep").click()
    expect(page.locator("#toasts")).to_contain_text("stopping")
    expect(page.locator("#sweep-facts .state").first).to_have_text(re.compile("Stopped"), timeout=60_000)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)


def test_running_work_stands_in_the_top_bar(page: Page, live: Stack) -> None:
    sweep = service.call(live, "api/v1/sweeps", {"spec": SLEEPER, "workdir": "/tmp"})
    page.goto("/experiments")
    expect(page.locator("#activity")).to_contain_text("sweep")
    service.call(live, f"api/v1/sweeps/{sweep['id']}/stop", {})
