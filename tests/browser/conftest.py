"""Chromium in front of the live installation. Screenshots lie in tests/output."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, StorageState, sync_playwright

from tests.plugins.stack import Stack

OUTPUT = Path(__file__).resolve().parents[1] / "output"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Ends with this package: the loop that drives it would keep Django from the database in later tests."""
    program = os.environ.get("ASSAY_CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program, "Chromium is missing: install it (Debian: apt-get install chromium) or name one in ASSAY_CHROMIUM"
    OUTPUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, live: Stack) -> StorageState:
    """The owner's session."""
    context = chromium.new_context(base_url=live.url)
    page = context.new_page()
    sign_in(page, live.email, live.password)
    state = context.storage_state()
    context.close()
    return state


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


Open = Callable[..., BrowserContext]


@pytest.fixture
def open_window(chromium: Browser, live: Stack, signed_in: StorageState) -> Iterator[Open]:
    """A window of the signed-in owner, of a size and with a theme."""
    contexts: list[BrowserContext] = []

    def opened(size: dict[str, int] = DESKTOP, theme: str = "light", *, state: StorageState | None = None) -> BrowserContext:
        context = chromium.new_context(
            base_url=live.url, viewport=size, storage_state=signed_in if state is None else state, accept_downloads=True,
            reduced_motion="reduce",
        )  # fmt: skip
        context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_window: Open, live: Stack) -> Iterator[Page]:
    """The owner's page; console errors and requests to other hosts fail the test."""
    page = open_window().new_page()
    faults = watch(page, live.url)
    yield page
    assert faults == []


def watch(page: Page, origin: str) -> list[str]:
    """Collects what no page may do: errors, warnings, asking another host."""
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            faults.append(f"{page.url}: {message.text}")

    def check(request: Request) -> None:
        if not request.url.startswith((origin, "data:", "blob:")):
            faults.append(f"{page.url}: asks {request.url}")

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("request", check)
    return faults
