"""DuckDB as Assay uses it: in UTC, within bounds of memory, and without the network."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

GIB = 1 << 30
QUESTION_MEMORY_BYTES = GIB
IMPORT_MEMORY_BYTES = (GIB, 4 * GIB)
"""Least and most; in between a quarter of the machine's. What does not fit is spilled to a file, and takes longer."""

CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


@contextmanager
def open_engine(*, spill_to: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own, gone afterwards. spill_to: folder for what does not fit into memory; None for questions."""
    memory_bytes = QUESTION_MEMORY_BYTES if spill_to is None else choose_import_memory()
    connection = duckdb.connect(
        config={
            "memory_limit": f"{memory_bytes // 1024}KiB",
            "temp_directory": str(spill_to or ""),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
    )
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def choose_import_memory() -> int:
    """Bytes that one import may take."""
    least, most = IMPORT_MEMORY_BYTES
    available = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if CONTAINER_LIMIT.is_file() and (limit := CONTAINER_LIMIT.read_text().strip()).isdigit():
        available = min(available, int(limit))
    return min(max(available // 4, least), most)
