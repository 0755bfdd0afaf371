"""Tables, the explorer, search, tokens and uploads, as people use them."""

import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import service
from tests.browser.conftest import Open
from tests.factories import focus
from tests.plugins.stack import Stack

MIDDLE_OF_FIRST_BAR = """figure => {
  const chart = figure.assayDrawn, points = chart.getOption().series[0].data, last = points[points.length - 1];
  const value = last.value || last;
  return chart.convertToPixel({ seriesIndex: 0 }, [value[0], value[1] / 2]);
}"""


def test_the_explorers_view_is_shared_by_its_address(page: Page, open_window: Open) -> None:
    page.goto("/costs")
    page.get_by_label("By", exact=True).select_option("region")
    page.wait_for_url(re.compile("group_by=region"))
    page.get_by_label("Basis").select_option("list")
    page.wait_for_url(re.compile("basis=list"))
    page.locator("table.data tbody a").first.click()
    page.wait_for_url(re.compile("filter=region"))
    total = page.locator("tfoot .amount").first.inner_text()
    colleague = open_window().new_page()
    colleague.goto(page.url)
    assert colleague.locator("tfoot .amount").first.inner_text() == total
    expect(colleague.get_by_label("Basis")).to_have_value("list")
    expect(colleague.locator(".filter-chip")).to_contain_text("Region")


def test_a_filter_is_taken_away_again(page: Page) -> None:
    page.goto("/costs?filter=service:Amazon%20Simple%20Storage%20Service")
    page.locator(".filter-chip").click()
    expect(page.locator(".filter-chip")).to_have_count(0)


def test_the_run_table_sorts_filters_and_chooses_columns(page: Page, live: Stack) -> None:
    run = service.first(live, "runs", order_by="metrics.val_accuracy%20DESC")
    page.goto(f"/experiments/{run['experiment_number']}")
    page.get_by_role("link", name="Dollars", exact=True).click()
    page.wait_for_url(re.compile("sort=-cost"))
    expect(page.locator("th[aria-sort='descending']")).to_contain_text("Dollars")
    page.get_by_text("Columns", exact=True).first.click()
    page.get_by_role("checkbox", name="User", exact=True).check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="User")).to_be_visible()
    assert "sort=-cost" in page.url
    page.get_by_label("Filter runs").fill("metrics.val_accuracy > 0.5")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.wait_for_url(re.compile("filter=metrics"))
    expect(page.locator("table.data tbody tr").first).to_be_visible()


def test_the_keyboard_walks_through_a_table_and_opens_a_row(page: Page, live: Stack) -> None:
    run = service.first(live, "runs", order_by="metrics.val_accuracy%20DESC")
    page.goto(f"/experiments/{run['experiment_number']}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("table.data tbody tr").first
    expect(first).to_have_class(re.compile("is-cursor"))
    name = first.locator("a").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_search_opens_by_key_and_leads_to_a_run(page: Page, live: Stack) -> None:
    run = service.first(live, "runs", order_by="metrics.val_accuracy%20DESC")
    page.goto("/settings")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Runs, experiments").fill(run["id"])
    expect(page.locator("#search-results a").first).to_contain_text(run["name"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(run["name"])


def test_addresses_that_mlflow_prints_lead_to_the_run(page: Page, live: Stack) -> None:
    run = service.first(live, "runs", order_by="metrics.val_accuracy%20DESC")
    run_hex = run["id"].replace("-", "")
    page.goto(f"/#/experiments/{run['experiment_number']}/runs/{run_hex}")
    page.wait_for_url(f"**/runs/{run_hex}")


def test_a_token_is_shown_once_and_revoked(page: Page) -> None:
    page.goto("/settings/tokens")
    page.get_by_label("Name").fill("a laptop")
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("#token-secret").inner_text()
    assert secret.startswith("assay_")
    page.goto("/settings/tokens")
    assert secret not in page.content()
    row = page.locator("tr", has_text="a laptop").first
    row.get_by_role("button", name="Revoke").click()
    page.locator("#confirm").get_by_role("button", name="Revoke").click()
    expect(page.locator("#toasts")).to_contain_text("revoked")


def test_a_bill_that_cannot_be_read_is_refused_with_a_reason(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "not-a-bill.csv"
    file.write_text("a,b\n1,2\n")
    page.goto("/costs/sources")
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Source").fill("by hand")
    page.get_by_role("button", name="Import").click()
    row = page.locator("#imports tr", has_text="not-a-bill.csv").first
    expect(row).to_contain_text("Refused", timeout=60_000)
    row.get_by_role("link").first.click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_several_files_are_one_delivery(page: Page, live: Stack, tmp_path: Path) -> None:
    files = [tmp_path / "part-1.csv", tmp_path / "part-2.csv"]
    for file, cost in zip(files, ("1.25", "2.5"), strict=True):
        file.write_bytes(focus.write_csv([focus.make_charge(cost)]))
    page.goto("/costs/sources")
    page.get_by_label("Files").set_input_files(files)
    page.get_by_label("Source").fill("in parts")
    page.get_by_role("button", name="Import").click()
    row = page.locator("#imports tr", has_text="in parts").first
    expect(row).to_contain_text("Imported", timeout=60_000)
    row.get_by_role("link").first.click()
    expect(page.get_by_role("row", name=re.compile("^part-1.csv"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^part-2.csv"))).to_be_visible()
    delivered = service.first(live, "costs/imports")
    assert (delivered["rows"], Decimal(delivered["totals"]["effective"]["amount"])) == (2, Decimal("3.75"))


def test_a_bar_leads_to_its_charges(page: Page) -> None:
    page.goto("/costs?group_by=service")
    figure = page.locator("[data-chart='days']")
    expect(figure).to_have_attribute("data-chart-points", re.compile(r"\d+"))
    at = figure.evaluate(MIDDLE_OF_FIRST_BAR)
    figure.locator("canvas").first.click(position={"x": at[0], "y": at[1]})
    page.wait_for_url(re.compile("/costs/charges"))
    expect(page.locator("table.data tbody tr").first).to_be_visible()


def test_a_chart_is_read_as_a_table_and_downloaded(page: Page) -> None:
    page.goto("/costs")
    figure = page.locator("[data-chart='days']")
    expect(figure).to_have_attribute("data-chart-points", re.compile(r"\d+"))
    figure.get_by_text("As a table").click()
    expect(figure.locator("table tr").nth(1)).to_be_visible()
    with page.expect_download() as download:
        figure.get_by_title("Download as CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    with page.expect_download() as picture:
        figure.get_by_title("Download as PNG").click()
    assert picture.value.suggested_filename.endswith(".png")


def test_a_sent_report_is_shown_with_its_chart(page: Page, live: Stack) -> None:
    mail = service.first(live, "mail")
    page.goto(f"/mail/{mail['id'].replace('-', '')}")
    image = page.frame_locator("iframe").locator("img[src^='data:image']").first
    expect(image).to_be_visible()
    page.get_by_role("link", name="Plain text").click()
    expect(page.locator("pre.output")).to_be_visible()


def test_runs_chosen_by_key_are_compared(page: Page, live: Stack) -> None:
    run = service.first(live, "runs", order_by="metrics.val_accuracy%20DESC")
    page.goto(f"/experiments/{run['experiment_number']}")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-selection-count]")).to_have_text("2")
    expect(page.get_by_role("button", name="Compare")).to_be_enabled()
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Compare 2 runs")).to_be_visible()
    expect(page.locator("[data-run-list] .chip").first).to_be_visible()
    page.get_by_role("link", name="What differs").click()
    expect(page.locator("table.compare .chip").first).to_be_visible()
