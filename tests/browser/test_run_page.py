"""A run's page and runs side by side, as people read them."""

import re
import time

from playwright.sync_api import Page, expect

from tests.browser import service
from tests.plugins.stack import Stack

LOSS = "figure[data-chart='loss']"
SERIES = f"""() => {{
  const figure = document.querySelector("{LOSS}");
  const option = figure && figure.assayDrawn && figure.assayDrawn.getOption();
  return option && {{ axis: option.xAxis[0].name, scale: option.yAxis[0].type, lines: option.series.filter(s => s.data.length).map(s => s.data.map(d => d[1])) }};
}}"""


def start_noisy_run(stack: Stack, name: str) -> str:
    """A running run whose loss jumps between 1 and 3, on a machine with a price."""
    run_id = service.start_run(stack, name)
    at = int(time.time() * 1000)
    tags = {"provider": "aws", "instance_type": "m5.large", "region": "us-east-1", "lifecycle": "on-demand"}
    points = [{"key": "loss", "value": 1 + 2 * (step % 2), "step": step, "timestamp": at + step * 1000} for step in range(20)]
    body = {
        "run_id": run_id,
        "metrics": points,
        "params": [{"key": "kernel", "value": name}, {"key": "seed", "value": "1"}],
        "tags": [{"key": f"assay.compute.{key}", "value": value} for key, value in tags.items()],
    }
    service.call(stack, "api/2.0/mlflow/runs/log-batch", body)
    return run_id


def test_curves_are_smoothed_scaled_and_put_over_another_axis(page: Page, live: Stack) -> None:
    run_id = start_noisy_run(live, "noisy")
    page.goto(f"/runs/{run_id}?tab=charts")
    expect(page.locator(LOSS)).to_have_attribute("data-chart-points", "20")
    plain = page.evaluate(SERIES)
    assert (plain["axis"], plain["scale"], len(plain["lines"])) == ("step", "value", 1)
    page.get_by_label("Smoothing").fill("0.9")
    smooth = page.evaluate(SERIES)["lines"]
    assert max(smooth[-1]) - min(smooth[-1]) < max(plain["lines"][0]) - min(plain["lines"][0])
    page.get_by_label("Log scale").check()
    assert page.evaluate(SERIES)["scale"] == "log"
    page.get_by_text("Time", exact=True).click()
    page.wait_for_function(f"() => (({SERIES})() || {{}}).axis === 'time since start'")
    page.wait_for_url(re.compile("x=time.*smooth=0.9.*log=1"))
    page.reload()
    page.wait_for_function(f"() => (({SERIES})() || {{}}).scale === 'log'")
    assert page.evaluate(SERIES)["axis"] == "time since start"
    service.finish_run(live, run_id)


DRAWN = f"""() => {{
  const figure = document.querySelector("{LOSS}");
  const first = figure.assayDrawn.getOption();
  const lines = first.series.filter(s => s.data.length);
  return {{ names: lines.map(s => s.name), filled: lines.filter(s => s.areaStyle).length, from: first.xAxis[0].min, to: first.xAxis[0].max,
    note: first.title[0].text, count: lines[lines.length - 1].data.length }};
}}"""


def drag_over(page: Page, start: float, end: float) -> None:
    """Along the chart's axis, between these shares of its width."""
    figure = page.locator(f"{LOSS} [data-chart-canvas]")
    figure.scroll_into_view_if_needed()
    box = figure.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (start + end) / 2, y, steps=3)
    page.mouse.move(box["x"] + box["width"] * end, y, steps=3)
    page.mouse.up()


def test_a_long_series_is_a_band_and_a_part_of_it_is_drawn_more_closely(page: Page, live: Stack) -> None:
    run_id = service.start_run(live, "long")
    at = int(time.time() * 1000)
    for first in range(0, 40_000, 1_000):
        points = [
            {"key": "loss", "value": step % 10, "step": step, "timestamp": at + step} for step in range(first, first + 1_000)
        ]
        service.call(live, "api/2.0/mlflow/runs/log-batch", {"run_id": run_id, "metrics": points})
    service.finish_run(live, run_id)
    page.goto(f"/runs/{run_id}?tab=charts")
    figure = page.locator(LOSS)
    expect(figure).to_have_attribute("data-chart-points", "500")
    whole = page.evaluate(DRAWN)
    assert (whole["names"], whole["filled"], whole["from"]) == (["", "", "loss"], 1, None)
    assert whole["note"] == "40,000 points: mean, and band from least to greatest"
    drag_over(page, 0.4, 0.6)
    expect(figure).to_have_attribute("data-chart-closer", re.compile(r"^\d"))
    closer = page.evaluate(DRAWN)
    assert 0 < closer["from"] < closer["to"] < 40_000
    assert re.fullmatch(r"[89],\d+ points: .*", closer["note"])
    drag_over(page, 0.4, 0.45)
    page.wait_for_function(f"() => ({DRAWN})().filled === 0")
    exact = page.evaluate(DRAWN)
    assert closer["from"] < exact["from"] < exact["to"] < closer["to"]
    assert exact["count"] >= exact["to"] - exact["from"]
    page.get_by_role("button", name="Whole axis").click()
    assert page.evaluate(DRAWN) == whole
    drag_over(page, 0.2, 0.4)
    page.get_by_text("Time", exact=True).click()
    page.wait_for_function(f"() => ({DRAWN})().from === null && ({DRAWN})().filled === 1")


def test_metrics_are_searched_and_pinned(page: Page, live: Stack) -> None:
    run_id = start_noisy_run(live, "searched")
    for key in ("train/f1", "train/auc"):
        service.log_metric(live, run_id, key, 0.5, step=0)
    page.goto(f"/runs/{run_id}?tab=charts")
    page.get_by_label("Search metrics").fill("TRAIN f1")
    expect(page.locator("figure[data-chart]")).to_have_count(1)
    page.get_by_label("Search metrics").fill("")
    expect(page.locator("figure[data-chart]")).to_have_count(3)
    page.locator("figure[data-chart='train/f1']").get_by_title("Pin to the top").click()
    expect(page.locator(".curve-group h2").first).to_have_text("Pinned")
    page.wait_for_url(re.compile("pin=train"))
    service.finish_run(live, run_id)


def test_the_console_grows_while_somebody_looks(page: Page, live: Stack) -> None:
    run_id = service.start_run(live, "talking")
    address = f"api/v1/runs/{run_id}/console"
    first = "\x1b[32mepoch 1\x1b[0m\n"
    service.call(live, address, {"chunks": [{"stream": "stdout", "offset": 0, "text": first}]})
    page.goto(f"/runs/{run_id}?tab=console")
    console = page.locator("#console")
    expect(console.locator(".ansi-f2")).to_have_text("epoch 1")
    service.call(live, address, {"chunks": [{"stream": "stdout", "offset": len(first), "text": "10%\r20%"}]})
    expect(console).to_contain_text("20%", timeout=15_000)
    service.call(live, address, {"chunks": [{"stream": "stdout", "offset": len(first) + 7, "text": "\r100%\ndone\n"}]})
    expect(console).to_contain_text("done", timeout=15_000)
    assert console.inner_text() == "epoch 1\n100%\ndone\n"
    page.get_by_label("Find in the output").fill("EPOCH")
    expect(page.locator("[data-console-found]")).to_have_text("1 of 1")
    service.finish_run(live, run_id)


def test_a_note_and_a_tag_are_written_on_the_page(page: Page, live: Stack) -> None:
    run_id = service.start_run(live, "described")
    page.goto(f"/runs/{run_id}")
    page.locator("#run-note").get_by_role("link", name="Write").click()
    page.locator("#note-text").fill("It **works**")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#run-note strong")).to_have_text("works")
    page.get_by_label("New tag").fill("team")
    page.get_by_label("Its value").fill("vision")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("team", exact=True)).to_have_value("vision")
    page.get_by_title("Remove team").click()
    expect(page.get_by_label("team", exact=True)).to_have_count(0)
    service.finish_run(live, run_id)


def test_compared_runs_are_hidden_and_what_differs_is_shown(page: Page, live: Stack) -> None:
    runs = [start_noisy_run(live, name) for name in ("poly", "rbf")]
    page.goto(f"/runs/compare?ids={','.join(runs)}")
    expect(page.locator(LOSS)).to_have_attribute("data-chart-points", "40")
    assert len(page.evaluate(SERIES)["lines"]) == 2
    page.get_by_label("Draw rbf").uncheck()
    assert len(page.evaluate(SERIES)["lines"]) == 1
    page.wait_for_url(re.compile("hide=1"))
    page.get_by_role("link", name="What differs").click()
    expect(page.locator("tr.differs th")).to_contain_text(["kernel"])
    expect(page.get_by_role("rowheader", name="seed")).to_have_count(0)
    page.get_by_role("link", name="Everything").click()
    expect(page.get_by_role("rowheader", name="seed")).to_be_visible()
    page.get_by_role("link", name="Parallel coordinates").click()
    figure = page.locator("figure[data-chart='parallel']")
    expect(figure).to_have_attribute("data-chart-kept", "2")
    with page.expect_download() as picture:
        figure.get_by_title("Download as PNG").click()
    assert picture.value.suggested_filename.endswith(".png")
    for run_id in runs:
        service.finish_run(live, run_id)
