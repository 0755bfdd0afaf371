"""DuckDB as Assay uses it: in UTC, within bounds of memory, and without the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

MEMORY = "1GB"
"""For one import or one question; what needs more spills to a file."""


@contextmanager
def open_engine(*, spill_to: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own, gone afterwards. spill_to: folder for what does not fit into memory; None for questions."""
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(spill_to or ""),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
    )
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()
