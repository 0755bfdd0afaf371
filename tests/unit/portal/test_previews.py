"""What is shown of a file: values for templates, made without running or trusting anything in it."""

import base64
import io
import json
import pickle
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.portal.domain.previews.documents import read_notebook
from assay.portal.domain.previews.kinds import Format, choose_kind
from assay.portal.domain.previews.tables import COLUMNS, ROWS, read_delimited, read_split_frame
from assay.portal.selectors.parquet_tables import read_parquet

PNG = b"\x89PNG\r\n\x1a\n rest"


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("plot.PNG", PNG, Format.IMAGE),
        ("page.html", b"<p>", Format.PAGE),
        ("data.csv", b"a,b\n", Format.DELIMITED),
        ("data.csv", b"\0\1\2", Format.BINARY),
        ("data.parquet", b"PAR1", Format.PARQUET),
        ("model.pkl", b"anything", Format.UNSAFE),
        ("model.pt", b"PK\3\4", Format.UNSAFE),
        ("model.txt", pickle.dumps([1], protocol=4), Format.UNSAFE),
        ("plot.png", pickle.dumps([1], protocol=5), Format.UNSAFE),
        ("MLmodel", b"flavors: {}", Format.TEXT),
        ("notes", "Größe 🚀".encode(), Format.TEXT),
        ("train.py", b"import os", Format.TEXT),
        ("README.md", b"# hi", Format.TEXT),
        ("weights.safetensors", b"\x10\0\0\0", Format.BINARY),
        ("empty", b"", Format.TEXT),
    ],
)
def test_a_kind_is_chosen_by_name_and_first_bytes(name: str, head: bytes, kind: Format) -> None:
    assert choose_kind(name, head) is kind


def test_delimited_text_becomes_a_table_whatever_stands_between() -> None:
    for text in ("a,b\n1,x\n2,y\n", "a\tb\r\n1\tx\r\n2\ty\r\n", "a;b\n1;x\n2;y"):
        table = read_delimited(text, is_whole=True)
        assert table is not None
        assert (table.columns, table.rows, table.total_rows) == (("a", "b"), (("1", "x"), ("2", "y")), 2)


def test_a_table_is_cut_at_its_limits_and_says_so() -> None:
    wide = ",".join(map(str, range(COLUMNS + 5)))
    table = read_delimited("\n".join([wide] * (ROWS + 50)), is_whole=False)
    assert table is not None
    assert (len(table.columns), table.left_out_columns, len(table.rows), table.total_rows) == (COLUMNS, 5, ROWS, None)
    ragged = read_delimited('a,b\n1\n2,3,4\n"' + "x" * 400 + '",y\n', is_whole=True)
    assert ragged is not None
    assert ragged.rows[:2] == (("1", None), ("2", "3"))
    assert len(ragged.rows[2][0] or "") == 301


def test_a_logged_table_is_a_table_and_other_json_is_not() -> None:
    table = read_split_frame({"columns": ["q", "score"], "data": [["why", 0.5], [None, {"type": "image"}]]})
    assert table is not None
    assert table.rows == (("why", "0.5"), (None, "{'type': 'image'}"))
    for other in (
        [],
        {"columns": ["a"]},
        {"columns": [], "data": []},
        {"columns": ["a"], "data": [1]},
        {"columns": 1, "data": []},
    ):
        assert read_split_frame(other) is None


def test_a_notebook_is_read_cell_by_cell_with_plain_outputs() -> None:
    encoded = base64.b64encode(PNG).decode()
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["one\n", "\x1b[31mtwo\x1b[0m"]},
        {"output_type": "display_data", "data": {"image/png": encoded, "text/plain": "<Figure>"}},
        {"output_type": "display_data", "data": {"text/html": "<script>x</script>", "text/plain": ["a frame"]}},
        {"output_type": "display_data", "data": {"image/png": base64.b64encode(b"<svg onload=x>").decode()}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload=x>"}},
        {"output_type": "error", "ename": "E", "evalue": "no", "traceback": ["\x1b[0;31mE\x1b[0m", "no"]},
        "odd",
    ]
    cells = read_notebook(
        {
            "cells": [
                {"cell_type": "markdown", "source": ["# Title\n", "text"]},
                {"cell_type": "code", "execution_count": 3, "source": "plot()", "outputs": outputs},
                7,
            ]
        }
    )
    assert cells is not None
    assert [(cell.source, cell.is_code, cell.number) for cell in cells] == [("# Title\ntext", False, ""), ("plot()", True, "3")]
    shown = [(output.text, output.image[:22], output.is_error) for output in cells[1].outputs]
    assert shown == [
        ("one\ntwo", "", False),
        ("", "data:image/png;base64,", False),
        ("a frame", "", False),
        ("", "", False),
        ("", "", False),
        ("E\nno", "", True),
    ]
    assert read_notebook({"worksheets": []}) is None


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20))
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["cells", "source", "outputs", "data", "image/png", "columns", "cell_type", "x"]), inner), max_leaves=20)  # fmt: skip


@given(anything)
def test_no_json_breaks_the_readers(content: object) -> None:
    read_notebook(content)
    read_notebook({"cells": content})
    read_notebook({"cells": [{"cell_type": "code", "source": content, "outputs": content}]})
    read_split_frame(content)


@given(st.text(max_size=200), st.booleans())
def test_no_text_breaks_the_table_reader(text: str, whole: bool) -> None:
    table = read_delimited(text, is_whole=whole)
    assert table is None or all(len(row) == len(table.columns) for row in table.rows)


def _parquet(**columns: list[object]) -> io.BytesIO:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    file.seek(0)
    return file


def test_the_first_rows_of_a_parquet_file_are_shown_as_texts() -> None:
    table = read_parquet(_parquet(**{'od"d name': [1, None, 3], "text": ["a", "b", "x" * 500], "list": [[1, 2], [], None]}))
    assert table is not None
    assert (table.columns, table.total_rows) == (('od"d name', "text", "list"), 3)
    assert table.rows[:2] == (("1", "a", "[1, 2]"), (None, "b", "[]"))
    assert len(table.rows[2][1] or "") == 301
    many = read_parquet(_parquet(n=list(range(100_000))))
    assert many is not None
    assert (len(many.rows), many.total_rows) == (ROWS, 100_000)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"x" * 1000 + b"PAR1", zlib.compress(b"x")])
def test_what_only_claims_to_be_parquet_has_no_preview(content: bytes) -> None:
    assert read_parquet(io.BytesIO(content)) is None


def test_json_with_what_no_number_holds_is_text() -> None:
    with pytest.raises(ValueError, match="digits"):
        json.loads("1" * 5_000)
