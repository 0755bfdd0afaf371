"""Every page, in both sizes and themes: no errors, nothing beside the screen, and a picture to look at (`make pictures`)."""

import os
from typing import Literal

import pytest
from playwright.sync_api import Page, Request

from tests.browser import service
from tests.browser.conftest import DESKTOP, OUTPUT, PHONE, Open, watch
from tests.plugins.stack import Stack

SIZES = {"wide": DESKTOP, "narrow": PHONE}
SCRIPT_BUDGET_BYTES = 400_000
PICTURES = bool(os.environ.get("ASSAY_PICTURES"))
"""They take as long as the rest of a page, and only people look at them."""
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WEARS = "theme => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(document.documentElement.dataset.bsTheme === theme))))"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="package")
def addresses(live: Stack) -> dict[str, str]:
    """name → path of every page, with the demo's own objects."""
    run = service.first(live, "runs", order_by="metrics.val_accuracy%20DESC")
    pair = ",".join(_hex(one) for one in service.call(live, "api/v1/runs?order_by=metrics.val_accuracy%20DESC")["items"][:4])
    sweep, board = service.first(live, "sweeps"), service.first(live, "leaderboards")
    bill, mail = service.first(live, "costs/imports"), service.first(live, "mail")
    connection = service.call(live, "api/v1/costs/connections", {"name": "payer"})
    model = service.first(live, "models")
    trial = service.call(live, f"api/v1/sweeps/{sweep['id']}/trials")["items"][0]
    hook = {"name": "deploy", "url": "http://127.0.0.1:1/models", "events": ["model_version_alias.created"], "secret": "x"}
    webhook = service.call(live, "api/v1/webhooks", hook)
    finding = service.first(live, "findings")
    subscription, data = service.first(live, "reports/subscriptions"), service.first(live, "datasets")
    return {
        "home": "/",
        "experiments": "/experiments",
        "runs": f"/experiments/{run['experiment_number']}",
        "runs-grouped": f"/experiments/{run['experiment_number']}?group=status&open=%3DFINISHED",
        "runs-of-everything": f"/experiments/{run['experiment_number']}?columns=trend&columns=per_point&columns=cost",
        "experiments-deleted": "/experiments?stage=deleted",
        "datasets": "/datasets",
        "dataset": f"/datasets/dataset?name={data['name']}",
        "run": f"/runs/{_hex(run)}",
        **{
            f"compare-{part}": f"/runs/compare?ids={pair}&view={part}"
            for part in ("curves", "table", "parallel", "scatter", "code")
        },
        "run-charts": f"/runs/{_hex(run)}?tab=charts",
        "run-system": f"/runs/{_hex(run)}?tab=system",
        "run-console": f"/runs/{_hex(run)}?tab=console",
        "run-code": f"/runs/{_hex(run)}?tab=code",
        "run-lineage": f"/runs/{_hex(run)}?tab=lineage",
        "run-files": f"/runs/{_hex(run)}?tab=artifacts",
        "run-cost": f"/runs/{_hex(run)}?tab=cost",
        "leaderboards": "/leaderboards",
        "leaderboard": f"/leaderboards/{_hex(board)}",
        "leaderboard-new": "/leaderboards/new",
        "models": "/models",
        "webhooks": "/webhooks",
        "webhook-new": "/webhooks/new",
        "webhook": f"/webhooks/{_hex(webhook)}",
        "model": f"/models/{model['name']}",
        "model-version": f"/models/{model['name']}/versions/{model['latest_version']}",
        "sweeps": "/sweeps",
        "sweep": f"/sweeps/{_hex(sweep)}",
        "trial": f"/sweeps/{_hex(sweep)}/trials/{_hex(trial)}",
        "explorer": "/costs",
        "source": f"/costs/sources/{_hex(bill['source'])}",
        "source-new-folder": "/costs/sources/new?kind=folder",
        "source-new-bucket": "/costs/sources/new?kind=s3",
        "connections": "/costs/connections",
        "connection": f"/costs/connections/{_hex(connection)}",
        "explorer-two": "/costs?group_by=account&then_by=service&granularity=week",
        "charges": "/costs/charges",
        "explorer-resources": "/costs?group_by=resource",
        "resources": "/costs/resources",
        "resource": f"/costs/resource?id={run['cost']['resource_id']}",
        "sources": "/costs/sources",
        "import": f"/costs/imports/{_hex(bill)}",
        "savings": "/savings",
        "finding": f"/savings/findings/{_hex(finding)}",
        "saving-checks": "/savings/checks",
        "reports": "/reports",
        "report-preview": f"/reports/{_hex(subscription)}/preview",
        "mail": "/mail",
        "mail-message": f"/mail/{_hex(mail)}",
        "settings": "/settings",
        "members": "/settings/members",
        "teams": "/settings/teams",
        "tokens": "/settings/tokens",
        "audit": "/settings/audit",
        "search": "/search?q=mlp",
    }


def _hex(item: dict[str, str]) -> str:
    return item["id"].replace("-", "")


@pytest.mark.timeout(420)
@pytest.mark.parametrize("size", list(SIZES))
def test_every_page_opens_clean_in_both_themes(open_window: Open, live: Stack, addresses: dict[str, str], size: str) -> None:
    page = open_window(SIZES[size], "auto").new_page()
    seen = watch(page, live.url)
    faults: list[str] = []
    for name, path in addresses.items():
        answer = page.goto(path, wait_until="load")
        status = answer.status if answer else 0
        settle(page)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.wait_for_function(WEARS, arg=theme)
            if PICTURES:
                page.screenshot(path=OUTPUT / f"{name}-{size}-{theme}.png", full_page=True, animations="disabled")
        wider = page.evaluate(WIDER)
        faults += [f"{name}: {fault}" for fault in seen]
        faults += [f"{name}: status {status}"] if status != 200 else []
        faults += [f"{name}: {wider} pixels wider than the screen"] if wider > 0 else []
        seen.clear()
    assert faults == []


def settle(page: Page) -> None:
    """Charts that come with the page, or are in sight, are drawn."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-chart]')].every("
        "figure => figure.dataset.chartPoints || figure.querySelector('.chart-empty')"
        " || (figure.matches('.curve-card') && figure.getBoundingClientRect().top > innerHeight))"
    )


def test_pages_that_do_not_exist_say_so(open_window: Open) -> None:
    page = open_window().new_page()
    answer = page.goto("/experiments/999999")
    assert answer is not None
    assert answer.status == 404
    assert "no experiment" in page.content()


def test_chart_pages_stay_within_the_script_budget_and_others_load_no_charts(
    open_window: Open, addresses: dict[str, str]
) -> None:
    context = open_window()
    sizes: dict[str, int] = {}
    for name in ("explorer", "settings"):
        page = context.new_page()
        loaded: list[int] = []
        page.on("requestfinished", lambda request, kept=loaded: kept.append(_script_bytes(request)))
        page.goto(addresses[name], wait_until="networkidle")
        sizes[name] = sum(loaded)
        page.close()
    assert sizes["explorer"] <= SCRIPT_BUDGET_BYTES
    assert sizes["settings"] <= 60_000


def _script_bytes(request: Request) -> int:
    return request.sizes()["responseBodySize"] if request.resource_type == "script" else 0
