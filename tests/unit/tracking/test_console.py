"""Console output of a run: appended once, read from anywhere, bounded."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.tracking.domain.content import CHUNK_BYTES, REPLACEMENT, ConsoleStream, ConsoleText, encode_console
from assay.tracking.domain.errors import ConsoleGap, NotActive, RunNotFound
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import RunView
from assay.tracking.selectors import console as selectors
from assay.tracking.selectors.console import read_console, tail_console
from assay.tracking.services import console as services
from assay.tracking.services import runs
from assay.tracking.services.console import append_console

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
OUT, ERR = ConsoleStream.STDOUT, ConsoleStream.STDERR


def out(offset: int, text: str) -> ConsoleText:
    return ConsoleText(OUT, offset, text, AT)


def err(offset: int, text: str) -> ConsoleText:
    return ConsoleText(ERR, offset, text, AT)


def texts(ada: UUID, run: RunView, stream: ConsoleStream | None = None) -> str:
    return "".join(chunk.text for chunk in read_console(ada, run.id, stream=stream).chunks)


def test_both_streams_are_kept_in_the_order_they_came(ada: UUID, run: RunView) -> None:
    assert append_console(ada, run.id, [out(0, "a\n"), err(0, "warn\n"), out(2, "b\n")]) == {OUT: 4, ERR: 5}
    assert [(chunk.sequence, chunk.stream, chunk.text) for chunk in read_console(ada, run.id).chunks] == [
        (1, OUT, "a\n"), (2, ERR, "warn\n"), (3, OUT, "b\n"),
    ]  # fmt: skip
    assert texts(ada, run, ERR) == "warn\n"


def test_a_repeated_post_adds_nothing_and_an_overlapping_one_its_new_part(ada: UUID, run: RunView) -> None:
    for _ in range(2):
        append_console(ada, run.id, [out(0, "one\n")])
    assert append_console(ada, run.id, [out(2, "e\ntwo\n")])[OUT] == 8
    assert texts(ada, run) == "one\ntwo\n"


def test_a_gap_says_where_to_go_on_and_stores_nothing_of_the_request(ada: UUID, run: RunView) -> None:
    append_console(ada, run.id, [out(0, "one\n")])
    with pytest.raises(ConsoleGap) as refused:
        append_console(ada, run.id, [err(0, "x"), out(9, "later")])
    assert refused.value.details == {"run_id": run.id.hex, "stream": "stdout", "offset": 9, "expected": 4}
    assert texts(ada, run) == "one\n"


def test_nul_halves_of_surrogates_and_escapes_survive(ada: UUID, run: RunView) -> None:
    text = "\x1b[31mred\x1b[0m \x00 \ud83d é\n"
    assert append_console(ada, run.id, [out(0, text)])[OUT] == len(encode_console(text))
    shown = texts(ada, run)
    assert shown.startswith(f"\x1b[31mred\x1b[0m {REPLACEMENT} ")
    assert shown.endswith(" é\n")


def test_reading_goes_on_from_a_cursor(ada: UUID, run: RunView) -> None:
    append_console(ada, run.id, [out(0, "a" * 10), out(10, "b" * 10)])
    first = read_console(ada, run.id, limit_bytes=10)
    assert (first.chunks[0].text, first.has_more, first.is_live) == ("a" * 10, True, True)
    second = read_console(ada, run.id, after=first.cursor, limit_bytes=10)
    assert (second.chunks[0].text, second.has_more) == ("b" * 10, False)
    nothing_yet = read_console(ada, run.id, after=second.cursor)
    assert (nothing_yet.chunks, nothing_yet.cursor) == ((), second.cursor)
    runs.update_run(ada, run.id, status=RunStatus.FINISHED)
    assert not read_console(ada, run.id).is_live


def test_the_tail_is_read_backwards(ada: UUID, run: RunView) -> None:
    append_console(ada, run.id, [out(index, str(index)) for index in range(5)])
    end = tail_console(ada, run.id, limit_bytes=2)
    assert ([chunk.text for chunk in end.chunks], end.has_more, end.cursor) == (["3", "4"], True, 5)
    before = tail_console(ada, run.id, before=end.first_sequence, limit_bytes=9)
    assert ([chunk.text for chunk in before.chunks], before.has_more) == (["0", "1", "2"], False)


def test_a_console_beyond_its_limit_keeps_its_beginning_and_its_end(
    ada: UUID, run: RunView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CONSOLE_BYTES", 100)
    monkeypatch.setattr(services, "CONSOLE_HEAD_BYTES", 30)
    for index in range(40):
        append_console(ada, run.id, [out(index * 10, f"line {index:04}\n")])
    page = read_console(ada, run.id)
    kept = [int(chunk.text[5:]) for chunk in page.chunks]
    assert kept == [0, 1, 2, 33, 34, 35, 36, 37, 38, 39]
    assert [chunk.text for chunk in page.chunks if chunk.follows_gap] == ["line 0033\n"]
    assert page.dropped_bytes == 300
    assert append_console(ada, run.id, [])[OUT] == 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=60))
def test_what_is_kept_and_what_was_dropped_add_up(ada: UUID, run: RunView, sizes: list[int]) -> None:
    mine = runs.create_run(ada, experiment_id=run.experiment_id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "CONSOLE_BYTES", 200)
        patch.setattr(services, "CONSOLE_HEAD_BYTES", 50)
        patch.setattr(services, "_DROPPED_AT_ONCE", 2)
        offset = 0
        for size in sizes:
            append_console(ada, mine.id, [out(offset, "x" * size)])
            offset += size
    page = read_console(ada, mine.id)
    kept = sum(len(chunk.text) for chunk in page.chunks)
    assert kept + page.dropped_bytes == sum(sizes)
    assert kept <= 200
    assert page.chunks[-1].offset + len(page.chunks[-1].text) == sum(sizes)


def test_pages_are_bounded_in_chunks_too(ada: UUID, run: RunView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE_CHUNKS", 2)
    append_console(ada, run.id, [out(index, "x") for index in range(3)])
    page = read_console(ada, run.id)
    assert (len(page.chunks), page.has_more) == (2, True)


@pytest.mark.parametrize("bad", [out(-1, "x"), out(0, "x" * (CHUNK_BYTES + 1))])
def test_chunks_have_a_place_and_a_limit(ada: UUID, run: RunView, bad: ConsoleText) -> None:
    with pytest.raises(Invalid):
        append_console(ada, run.id, [bad])


def test_deleted_and_unknown_runs_have_no_console(ada: UUID, run: RunView) -> None:
    assert read_console(ada, run.id).chunks == ()
    runs.delete_run(ada, run.id)
    with pytest.raises(NotActive):
        append_console(ada, run.id, [out(0, "x")])
    for read in (read_console, tail_console):
        with pytest.raises(RunNotFound):
            read(ada, new_id())
