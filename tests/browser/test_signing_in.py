"""Sign-in, the theme, the drawer."""

from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, Open, sign_in, watch
from tests.plugins.stack import Stack

LABELS = "() => document.querySelector('[data-chart]')?.assayDrawn?.getOption().xAxis[0].axisLabel.color"


def test_a_wrong_password_is_told_and_the_right_one_leads_home(chromium: Browser, live: Stack) -> None:
    context = chromium.new_context(base_url=live.url)
    page = context.new_page()
    page.goto("/experiments")
    page.get_by_label("Email").fill(live.email)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, live.email, live.password)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    context.close()


def test_signing_out_ends_the_session(chromium: Browser, live: Stack) -> None:
    context = chromium.new_context(base_url=live.url)
    page = context.new_page()
    sign_in(page, live.email, live.password)
    page.get_by_title(live.email).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


def test_the_chosen_theme_stays(open_window: Open, live: Stack) -> None:
    context = open_window(theme="light")
    page = context.new_page()
    faults = watch(page, live.url)
    page.goto("/experiments")
    page.get_by_title("Theme").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    answer = page.goto("/leaderboards")
    assert answer is not None
    assert 'data-bs-theme="dark"' in answer.text()
    assert faults == []


def test_as_the_system_follows_the_system(open_window: Open) -> None:
    context = open_window(theme="auto")
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto("/costs")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    drawn = page.wait_for_function(LABELS).json_value()
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.wait_for_function(f"dark => {{ const now = ({LABELS})(); return now && now !== dark; }}", arg=drawn)


def test_on_a_phone_the_navigation_is_a_drawer(open_window: Open) -> None:
    page = open_window(PHONE).new_page()
    page.goto("/")
    link = page.get_by_role("link", name="Sweeps", exact=True)
    expect(link).not_to_be_visible()
    page.get_by_role("button", name="Open navigation").click()
    link.click()
    expect(page.get_by_role("heading", name="Sweeps")).to_be_visible()
