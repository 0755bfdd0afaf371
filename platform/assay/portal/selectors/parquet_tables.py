"""The first rows of a Parquet file, read by DuckDB with a limit to its memory and nothing but that file in reach."""

import shutil
import tempfile
from typing import BinaryIO

import duckdb

from assay.portal.domain.previews.tables import CELL_LETTERS, COLUMNS, ROWS, make_table
from assay.portal.domain.previews.values import Table

_LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "256MB",
    "threads": 1,
    "autoinstall_known_extensions": False,
    "temp_directory": "",
}


def read_parquet(file: BinaryIO) -> Table | None:
    """None when it cannot be read: broken, encrypted, or larger unpacked than a preview may be."""
    with tempfile.NamedTemporaryFile(suffix=".parquet") as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        try:
            with duckdb.connect(":memory:", config=_LIMITS) as engine:
                return _read(engine, copy.name)
        except duckdb.Error:
            return None


def _read(engine: "duckdb.DuckDBPyConnection", path: str) -> Table:
    engine.execute("SET allowed_paths = [?]", [path])
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    names = [row[0] for row in engine.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()]
    total = engine.execute("SELECT num_rows FROM parquet_file_metadata(?)", [path]).fetchone()
    shown = ", ".join(f"left(CAST({_quote(name)} AS VARCHAR), {CELL_LETTERS + 1})" for name in names[:COLUMNS])
    rows = engine.execute(f"SELECT {shown} FROM read_parquet(?) LIMIT {ROWS}", [path]).fetchall()  # noqa: S608  names are quoted
    return make_table(names, rows, total_rows=total[0] if total else None)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
