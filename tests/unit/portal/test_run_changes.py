"""Tags and notes as people write them, and what a note may show."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.portal.templatetags.assay_text import markdown
from assay.tracking.domain.values import RunView
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import runs
from tests.unit.portal.conftest import inside

HTMX = {"HX-Request": "true"}


def tags_of(organization: Organization, run: RunView) -> dict[str, str]:
    with inside(organization):
        return dict(get_run(organization.id, run.id).tags)


def test_a_tag_is_set_changed_and_taken_away(ada: Client, organization: Organization, run: RunView) -> None:
    address = reverse("run_tags", args=[run.id])
    assert "blue" in ada.post(address, {"key": "colour", "value": "blue"}, headers=HTMX).text
    ada.post(address, {"key": "colour", "value": "red"}, headers=HTMX)
    assert tags_of(organization, run)["colour"] == "red"
    ada.post(address, {"remove": "colour"}, headers=HTMX)
    assert "colour" not in tags_of(organization, run)


def test_a_tag_that_cannot_be_says_why(ada: Client, run: RunView) -> None:
    answer = ada.post(reverse("run_tags", args=[run.id]), {"key": "../x", "value": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert "note-error" in answer.text
    assert "note-error" in ada.post(reverse("run_tags", args=[run.id]), {"remove": "never set"}, headers=HTMX).text


def test_without_scripts_the_whole_page_comes_again(ada: Client, run: RunView) -> None:
    answer = ada.post(reverse("run_tags", args=[run.id]), {"key": "a", "value": "b"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("run", args=[run.id]))


def test_a_note_is_written_shown_and_emptied(ada: Client, organization: Organization, run: RunView) -> None:
    address = reverse("run_note", args=[run.id])
    assert "<textarea" in ada.get(address, headers=HTMX).text
    assert "<strong>warm</strong>" in ada.post(address, {"note": "**warm**\r\nup"}, headers=HTMX).text
    assert tags_of(organization, run)["mlflow.note.content"] == "**warm**\nup"
    ada.post(address, {"note": " "}, headers=HTMX)
    assert "mlflow.note.content" not in tags_of(organization, run)


def test_who_may_only_look_changes_nothing(member: Callable[[Role], Client], organization: Organization, run: RunView) -> None:
    ben = member(Role.VIEWER)
    assert ben.post(reverse("run_tags", args=[run.id]), {"key": "a", "value": "b"}).status_code == 403
    assert ben.post(reverse("run_note", args=[run.id]), {"note": "x"}).status_code == 403
    assert "<textarea" not in ben.get(reverse("run", args=[run.id])).text
    assert "a" not in tags_of(organization, run)


def test_a_deleted_run_is_not_offered_for_writing(ada: Client, organization: Organization, run: RunView) -> None:
    with inside(organization):
        runs.delete_run(organization.id, run.id)
    assert reverse("run_tags", args=[run.id]) not in ada.get(reverse("run", args=[run.id])).text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>1</script>)",
        "![x](https://elsewhere.example/pixel.png)",
        '<https://x" onmouseover="alert(1)>',
        "`<b>`",
    ],
)
def test_a_note_carries_no_script_handler_or_foreign_picture(text: str) -> None:
    shown = markdown(text)
    assert not any(part in shown for part in ("<script", "<img", 'href="javascript', 'href="data', '" on', "<b>"))


def test_a_note_in_html_stays_text_on_the_page(ada: Client, organization: Organization, run: RunView) -> None:
    with inside(organization):
        runs.log_batch(organization.id, run.id, tags={"mlflow.note.content": "<script>alert(1)</script>"})
    assert "<script>alert" not in ada.get(reverse("run", args=[run.id])).text
