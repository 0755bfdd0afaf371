"""Terminal output as a page shows it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.portal.domain.console_text import ESCAPES, Passage, render_console, split_spans, strip_escapes
from assay.tracking.domain.content import ConsoleChunk, ConsoleStream

AT = datetime(2026, 3, 5, tzinfo=UTC)


def chunk(text: str, *, stream: ConsoleStream = ConsoleStream.STDOUT, sequence: int = 1, gap: bool = False) -> ConsoleChunk:
    return ConsoleChunk(sequence, stream, 0, text, AT, gap)


def shown(passages: list[Passage]) -> str:
    return "".join(span.text for passage in passages for span in passage.spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain\n", [("plain\n", "")]),
        ("\x1b[31mred\x1b[0m no", [("red", "ansi-f1"), (" no", "")]),
        ("\x1b[1;92mok\x1b[22m less\x1b[39m", [("ok", "ansi-f2 ansi-w1"), (" less", "ansi-f2")]),
        ("\x1b[38;5;208morange\x1b[m", [("orange", "")]),
        ("\x1b[38;2;1;2;3;44mdeep", [("deep", "ansi-b4")]),
        ("\x1b]0;title\x07after", [("after", "")]),
        ("\x1b]8;;javascript:alert(1)\x1b\\link\x1b]8;;\x1b\\", [("link", "")]),
        ("\x1b[2Kgone\x1b[1A", [("gone", "")]),
        ("a\x00b\x08c", [("a", ""), ("b", ""), ("c", "")]),
    ],
)
def test_colours_become_classes_and_other_escapes_go(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(span.text, span.classes) for span in split_spans(text)] == expected


def test_of_a_progress_bar_the_last_state_stays() -> None:
    assert shown(render_console([chunk("start\n 10%\r 50%\r100%\ndone\n")])) == "start\n100%\ndone\n"
    assert shown(render_console([chunk("a\r\nb\r\n")])) == "a\nb\n"


def test_a_passage_that_begins_by_overwriting_says_so() -> None:
    assert render_console([chunk("\r 50%")])[0].overwrites
    assert not render_console([chunk("\r\nnext")])[0].overwrites


def test_a_line_that_was_cut_in_two_is_whole_again() -> None:
    passages = render_console([chunk("\x1b[3"), chunk("1mred")])
    assert [(span.text, span.classes) for span in passages[0].spans] == [("red", "ansi-f1")]


def test_streams_alternate_as_they_came_and_a_gap_is_marked() -> None:
    passages = render_console([chunk("a"), chunk("b", stream=ConsoleStream.STDERR), chunk("c"), chunk("d", gap=True)])
    assert [(one.stream.value, one.follows_gap) for one in passages] == [
        ("stdout", False),
        ("stderr", False),
        ("stdout", False),
        ("stdout", True),
    ]


@given(st.text(alphabet="\x1b[]0123456789;:mKA\r\nab\x07\\", max_size=200))
def test_no_escape_survives_and_no_text_breaks_it(text: str) -> None:
    spans = list(split_spans(text))
    assert not any(ESCAPES.search(span.text) for span in spans)
    assert "\r" not in strip_escapes(text)
    assert all(set(span.classes) <= set("ansi-fbw01234567 ") for span in spans)
