"""Rules that every page and template keeps."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from assay.accounts.models import Organization
from assay.portal.domain import navigation
from assay.tracking.domain.values import RunView
from assay.tracking.services.runs import create_run
from tests.unit.portal.conftest import inside

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = [path for path in (ROOT / "frontend" / "templates").rglob("*.html") if "mail" not in path.parts]
SCRIPTS = sorted((ROOT / "frontend" / "static" / "js").rglob("*.js"))
ICONS = set((ROOT / "frontend" / "icons.txt").read_text().split())
PAGES = [
    "home",
    "experiments",
    "datasets",
    "leaderboards",
    "sweeps",
    "explorer",
    "resources",
    "sources",
    "reports",
    "mail",
    "settings_tokens",
]


class Reading(HTMLParser):
    """What the content security policy and screen readers care about."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open_ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.faults.append("a script inside the page")
        self.faults += [f"{name} on <{tag}>" for name in values if re.fullmatch(r"on\w+", name) or name == "style"]
        if tag == "img" and "alt" not in values:
            self.faults.append("an image without alt")
        if values.get("id"):
            self.open_ids.append(str(values["id"]))


def read(page: str) -> Reading:
    reading = Reading()
    reading.feed(page)
    return reading


@pytest.mark.parametrize("route", PAGES)
def test_no_page_carries_scripts_handlers_or_styles_inside(ada: Client, run: RunView, route: str) -> None:
    reading = read(ada.get(reverse(route)).text)
    assert reading.faults == []
    assert len(reading.open_ids) == len(set(reading.open_ids))


def test_the_run_page_carries_none_either(ada: Client, run: RunView) -> None:
    for part in ("overview", "charts", "system", "console", "code", "artifacts", "lineage", "cost"):
        assert read(ada.get(reverse("run", args=[run.id]), {"tab": part}).text).faults == []


@pytest.mark.parametrize("part", ["curves", "table", "parallel", "scatter", "code"])
def test_the_comparison_carries_none_either(ada: Client, run: RunView, organization: Organization, part: str) -> None:
    with inside(organization):
        other = create_run(organization.id, experiment_id=run.experiment_id, name="other")
    query = {"ids": f"{run.id.hex},{other.id.hex}", "view": part}
    assert read(ada.get(reverse("compare"), query).text).faults == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/nothing-here"])
def test_public_pages_carry_none_either(db: None, path: str) -> None:
    assert read(Client().get(path).text).faults == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    python = "".join(path.read_text() for path in (ROOT / "platform" / "assay" / "portal").rglob("*.py"))
    assert named <= ICONS
    assert {link.icon for group in navigation.GROUPS for link in group.links} <= ICONS
    assert set(re.findall(r'Look\("\w+", "([\w-]+)"', python)) <= ICONS
    assert set(re.findall(r'Fact\("\w+", "([\w-]+)"', python)) <= ICONS
    assert set(re.findall(r'Hit\("([\w-]+)"', python)) <= ICONS


def test_every_static_file_that_a_template_names_exists() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r"{% static '([^']+)'", path.read_text())}
    assert {name for name in named if finders.find(name) is None} == set()


def test_scripts_are_small_strict_and_name_their_behaviour() -> None:
    for path in SCRIPTS:
        text = path.read_text()
        assert text.startswith("/*"), path
        assert '"use strict"' in text, path
        assert len(text.splitlines()) <= 200, path


def test_partials_say_what_they_need() -> None:
    partials = [path for path in TEMPLATES if path.name.startswith("_")]
    silent = [path.name for path in partials if not path.read_text().lstrip().startswith("{#")]
    assert silent == []


def test_browser_libraries_are_pinned_without_a_registrys_address() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "frontend" / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert not any("resolved" in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_the_chosen_theme_is_in_the_first_html(ada: Client) -> None:
    assert "data-bs-theme" not in ada.get(reverse("home")).text.split("<head>")[0]
    ada.cookies["theme"] = "dark"
    assert 'data-bs-theme="dark"' in ada.get(reverse("home")).text
    ada.cookies["theme"] = '"><script>'
    assert 'data-theme-choice="auto"' in ada.get(reverse("home")).text
