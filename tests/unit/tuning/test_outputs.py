"""A command may write for ever; its file keeps the end."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.tuning.selectors.trials import read_tail
from workers.outputs import CappedFile


@given(chunks=st.lists(st.binary(max_size=70), max_size=40))
def test_the_file_stays_below_its_limit_and_ends_with_the_latest_bytes(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("output") / "stdout.txt"
    file = CappedFile(path, limit_bytes=200)
    written = b""
    for chunk in chunks:
        file.write(chunk)
        written += chunk
        assert path.stat().st_size <= 200
    file.close()
    kept = path.read_bytes()
    if len(written) <= 200:
        assert kept == written
        return
    note, _, body = kept.partition(b"\n")
    assert note == f"[{len(written) - len(body)} bytes of earlier output were left out]".encode()
    assert written.endswith(body)
    assert len(body) >= 30


def test_a_file_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert read_tail(tmp_path / "stdout.txt") == ""
    (tmp_path / "x").write_bytes(b"0123\xff56789")
    assert read_tail(tmp_path / "x", limit_bytes=6) == "\ufffd56789"
