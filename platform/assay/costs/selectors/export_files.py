"""Batches of charges as the bytes of a file, made while it is sent."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from assay.core.csv_text import FORMULA, NUMBER
from assay.costs.domain.focus_exports import ExportKind, Texts

GZIP = 16 + zlib.MAX_WBITS
TRAILING_ZEROS = r"\.?0+$"
ROWS_OF_GROUP = 100_000


def write_file(schema: pa.Schema, batches: Iterable[pa.RecordBatch], kind: ExportKind, *, texts: Texts) -> Iterator[bytes]:
    """Decimals and times as FOCUS writes them in CSV; in Parquet as exact decimals and UTC timestamps."""
    if kind is ExportKind.PARQUET:
        return _write_parquet(schema, batches)
    lines = _write_csv(schema, batches, _ESCAPES[texts])
    return _compress(lines) if kind is ExportKind.CSV_GZ else lines


def _write_csv(schema: pa.Schema, batches: Iterable[pa.RecordBatch], escape: Callable[[pa.Array], pa.Array]) -> Iterator[bytes]:
    sink = BytesIO()
    shown = pa.schema([(name, pa.string()) for name in schema.names])
    with pacsv.CSVWriter(sink, shown) as writer:
        yield _taken(sink)
        for batch in batches:
            columns = [_as_text(column, escape) for column in batch.columns]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=shown))
            yield _taken(sink)


def _as_text(column: pa.Array, escape: Callable[[pa.Array], pa.Array]) -> pa.Array:
    if pa.types.is_decimal(column.type):
        return _plain_decimals(column)
    if pa.types.is_timestamp(column.type):
        return _instants(column)
    return escape(column.cast(pa.string()))


def _plain_decimals(column: pa.Array) -> pa.Array:
    """Without exponents and trailing zeros: Arrow itself writes 2.3E-8."""
    places = column.type.scale
    buffers = column.buffers()
    integers = pa.Array.from_buffers(pa.decimal128(38, 0), len(column), buffers, offset=column.offset).cast(pa.string())
    digits = pc.ascii_lpad(pc.replace_substring(integers, "-", ""), places + 1, "0")
    dotted = pc.replace_substring_regex(digits, f"^(\\d+)(\\d{{{places}}})$", r"\1.\2")
    plain = pc.replace_substring_regex(dotted, TRAILING_ZEROS, "")
    return pc.if_else(pc.starts_with(integers, "-"), pc.binary_join_element_wise("-", plain, ""), plain)


def _instants(column: pa.Array) -> pa.Array:
    """`2026-01-31T05:00:00Z`, with a fraction only where a bill has one."""
    naive = column.cast(pa.timestamp("us"))
    seconds = naive.cast(pa.timestamp("s"), safe=False)
    whole = pc.all(pc.equal(seconds.cast(pa.timestamp("us")), naive)).as_py()
    return pc.strftime(seconds if whole is not False else naive, "%Y-%m-%dT%H:%M:%SZ")


def _keep(column: pa.Array) -> pa.Array:
    return column


def _escape_formulas(column: pa.Array) -> pa.Array:
    """As core.csv_text does with single texts."""
    is_formula = pc.match_substring_regex(column, f"(?s)^(?:{FORMULA})$")
    is_number = pc.match_substring_regex(column, f"^(?:{NUMBER})$")
    escaped = pc.binary_join_element_wise("'", column, "")
    return pc.if_else(pc.and_not(is_formula, is_number), escaped, column)


_ESCAPES = {Texts.EXACT: _keep, Texts.ESCAPED: _escape_formulas}


def _compress(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=GZIP)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()


def _write_parquet(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Rows wait until they are a group: groups of a batch each would make a large file of small pieces."""
    sink = _Tail()
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        waiting, rows = list[pa.RecordBatch](), 0
        for batch in batches:
            waiting, rows = [*waiting, batch], rows + len(batch)
            if rows >= ROWS_OF_GROUP:
                writer.write_table(pa.Table.from_batches(waiting, schema).combine_chunks())
                waiting, rows = [], 0
                yield _taken(sink)
        writer.write_table(pa.Table.from_batches(waiting, schema).combine_chunks())
    yield _taken(sink)


class _Tail(BytesIO):
    """A file of which only what was written since the last look is in memory; tells how long it is in all."""

    def __init__(self) -> None:
        super().__init__()
        self._before = 0

    def tell(self) -> int:
        return self._before + super().tell()

    def forget(self, count: int) -> None:
        self._before += count


def _taken(sink: BytesIO) -> bytes:
    written = sink.getvalue()
    if isinstance(sink, _Tail):
        sink.forget(len(written))
    sink.seek(0)
    sink.truncate()
    return written
