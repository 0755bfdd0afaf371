"""The bill's file in each format."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from assay_client.demo.bill.columns import COLUMNS, DECIMALS, TIMES, Row
from assay_client.failures import ClientFailed

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 50_000


def write_csv(rows: Iterable[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        _write_text(rows, file)


def write_csv_gz(rows: Iterable[Row], path: Path) -> None:
    with _zipped(path) as file:
        _write_text(rows, file)


def write_parquet(rows: Iterable[Row], path: Path) -> None:
    """Costs, prices and quantities as DECIMAL(33, 15), periods as UTC timestamps, the rest as text."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ClientFailed("Parquet needs pyarrow: `pip install assay-client[parquet]`, or take --format csv.gz.") from error
    schema = pa.schema([(name, _arrow_type(name)) for name in COLUMNS])
    remaining = iter(rows)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(remaining, BATCH_ROWS)):
            writer.write_table(_table(batch, schema))


def _write_text(rows: Iterable[Row], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


@contextmanager
def _zipped(path: Path) -> Iterator[TextIO]:
    """Neither the time nor the file's name enter the archive, so the same rows give the same bytes."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as file,
    ):
        yield file


def _table(rows: list[Row], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    columns = ([text or None for text in column] for column in zip(*rows, strict=True))
    arrays = [pa.array(column, pa.string()).cast(kind) for column, kind in zip(columns, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _arrow_type(name: str) -> "pa.DataType":
    import pyarrow as pa

    if name in DECIMALS:
        return pa.decimal128(33, 15)
    return pa.timestamp("us", "UTC") if name in TIMES else pa.string()
