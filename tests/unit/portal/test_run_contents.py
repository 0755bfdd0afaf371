"""The console, the code and the marks of a run on its page."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.models import Organization
from assay.tracking.domain.content import ConsoleStream, ConsoleText, Event, EventKind, Source
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import ExperimentView, MetricPoint, RunView
from assay.tracking.services import runs
from assay.tracking.services.console import append_console
from assay.tracking.services.events import record_events
from assay.tracking.services.sources import record_source
from tests.factories.runs import finish_run
from tests.unit.portal.conftest import START, inside

START_MS = int(START.timestamp() * 1000)
Say = Callable[..., None]


@pytest.fixture
def live(organization: Organization, experiment: ExperimentView) -> RunView:
    with inside(organization):
        return finish_run(organization.id, experiment.id, name="live", started_at=START, status=RunStatus.RUNNING)


@pytest.fixture
def say(organization: Organization) -> Say:
    said: dict[tuple[RunView, str], int] = {}

    def print_to(run: RunView, text: str, stream: ConsoleStream = ConsoleStream.STDOUT) -> None:
        offset = said.get((run.id, stream), 0)
        with inside(organization):
            append_console(organization.id, run.id, [ConsoleText(stream, offset, text, START)])
        said[run.id, stream] = offset + len(text.encode())

    return print_to


def test_the_console_shows_what_was_printed_and_never_runs_it(ada: Client, live: RunView, say: Say) -> None:
    say(live, "\x1b[31mloss 0.5\x1b[0m <script>alert(1)</script>\n")
    page = ada.get(reverse("run", args=[live.id]), {"tab": "console"}).text
    assert '<span class="ansi-f1">loss 0.5</span>' in page
    assert "<script>alert" not in page
    assert "every 2s" in page


def test_what_is_printed_later_comes_after_the_cursor(ada: Client, live: RunView, say: Say) -> None:
    say(live, "first\n")
    say(live, "second\n")
    answer = ada.get(reverse("run_console", args=[live.id]), {"after": "1"}).text
    assert "second" in answer
    assert "first" not in answer
    assert "after=2" in answer


def test_an_ended_run_is_not_asked_again(ada: Client, organization: Organization, live: RunView, say: Say) -> None:
    say(live, "bye\n")
    with inside(organization):
        runs.update_run(organization.id, live.id, status=RunStatus.FINISHED)
    assert "hx-get" not in ada.get(reverse("run_console", args=[live.id]), {"after": "0"}).text


def test_one_stream_can_be_read_alone(ada: Client, live: RunView, say: Say) -> None:
    say(live, "output\n")
    say(live, "warning\n", ConsoleStream.STDERR)
    page = ada.get(reverse("run", args=[live.id]), {"tab": "console", "stream": "stderr"}).text
    assert "warning\n" in page
    assert "output\n" not in page


def test_the_whole_console_is_a_file(ada: Client, live: RunView, say: Say) -> None:
    say(live, "\x1b[1mone\x1b[0m\n")
    say(live, "two\n", ConsoleStream.STDERR)
    answer = ada.get(reverse("run_console_text", args=[live.id]))
    assert b"".join(answer.streaming_content) == b"one\ntwo\n"  # type: ignore[attr-defined]  # a file
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "9" * 40}, {"before": "-1"}, {"stream": "elsewhere"}])
def test_a_cursor_that_is_none_is_taken_as_the_start(ada: Client, live: RunView, query: dict[str, str]) -> None:
    assert ada.get(reverse("run_console", args=[live.id]), query).status_code == 200


def test_the_code_part_shows_commit_changes_and_packages(ada: Client, organization: Organization, run: RunView) -> None:
    source = Source(
        commit="3f2a9c1d" * 5,
        remote="git@github.com:acme/vision.git",
        is_dirty=True,
        diff="--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+<b>new</b>\n",
        command="python train.py --lr 0.1",
        packages={"torch": "2.9"},
    )
    with inside(organization):
        record_source(organization.id, run.id, source)
    page = ada.get(reverse("run", args=[run.id]), {"tab": "code"}).text
    assert f"https://github.com/acme/vision/commit/{source.commit}" in page
    assert "+&lt;b&gt;new&lt;/b&gt;" in page
    assert "python train.py --lr 0.1" in page
    assert "torch" in page


def test_a_run_without_code_says_how_to_get_it(ada: Client, run: RunView) -> None:
    assert "No code is known" in ada.get(reverse("run", args=[run.id]), {"tab": "code"}).text


def test_stages_are_bands_and_milestones_lines_on_every_axis(ada: Client, organization: Organization, run: RunView) -> None:
    minutes = [START + timedelta(minutes=minute) for minute in (0, 20, 30)]
    events = [
        Event(uuid4(), EventKind.STAGE, "warm-up", minutes[0], 0),
        Event(uuid4(), EventKind.STAGE, "training", minutes[1], 20),
        Event(uuid4(), EventKind.MILESTONE, "best so far", minutes[2]),
    ]
    points = [MetricPoint("curve", 1.0, step, START_MS + step * 60_000) for step in range(0, 60, 10)]
    with inside(organization):
        runs.log_batch(organization.id, run.id, metrics=points)
        record_events(organization.id, run.id, events)

    def marks(axis: str) -> list[tuple[object, ...]]:
        answer = ada.get(reverse("run_charts", args=[run.id]), {"key": "curve", "x": axis}).json()
        return [(one["name"], one["at"], one.get("until")) for one in answer["charts"]["curve"]["marks"]]

    assert marks("step") == [("warm-up", 0, 20), ("training", 20, 50), ("best so far", 30, None)]
    assert marks("time") == [("warm-up", 0, 1200), ("training", 1200, 3600), ("best so far", 1800, None)]
    assert [name for name, *_ in marks("dollars")] == ["warm-up", "training", "best so far"]
