"""One preview of one file: reads no more of it than its kind needs, and never loads what could run."""

import hashlib
import os
from collections.abc import Callable
from typing import BinaryIO
from uuid import UUID

from assay.portal.domain.previews import Preview, PreviewKind, choose_kind
from assay.portal.domain.previews.documents import lay_out, read_json, read_notebook
from assay.portal.domain.previews.kinds import Format
from assay.portal.domain.previews.tables import read_delimited, read_split_frame
from assay.portal.selectors.parquet_tables import read_parquet
from assay.portal.selectors.run_files import open_file
from assay.tracking.domain.values import RunView

HEAD_BYTES = 8_192
TEXT_BYTES = 200_000
TABLE_BYTES = 1024 * 1024
DOCUMENT_BYTES = 4 * 1024 * 1024
IMAGE_BYTES = 20 * 1024 * 1024
WHOLE_BYTES = 64 * 1024 * 1024
"""Of a Parquet file, which has its directory at its end; and of an unsafe file, to tell its digest while somebody waits."""


def read_preview(organization_id: UUID, run: RunView, path: str) -> Preview:
    """raises: NotFound, Invalid."""
    with open_file(organization_id, run, path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        kind = choose_kind(path, file.read(HEAD_BYTES))
        file.seek(0)
        return _READERS[kind](file, size)


def read_source(organization_id: UUID, run: RunView, path: str) -> Preview:
    """The file as text, whatever it would be shown as. raises: NotFound, Invalid."""
    with open_file(organization_id, run, path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return _read_text(file, size)


def _read_image(file: BinaryIO, size: int) -> Preview:
    return Preview(PreviewKind.IMAGE if size <= IMAGE_BYTES else PreviewKind.TOO_LARGE, size)


def _read_page(file: BinaryIO, size: int) -> Preview:
    return Preview(PreviewKind.PAGE, size, has_scripts=b"<script" in file.read(TEXT_BYTES).lower())


def _read_delimited(file: BinaryIO, size: int) -> Preview:
    text = file.read(TABLE_BYTES).decode("utf-8-sig", errors="replace")
    table = read_delimited(text, is_whole=size <= TABLE_BYTES)
    if table is None:
        file.seek(0)
        return _read_text(file, size)
    return Preview(PreviewKind.TABLE, size, table=table)


def _read_parquet(file: BinaryIO, size: int) -> Preview:
    table = read_parquet(file) if size <= WHOLE_BYTES else None
    return Preview(PreviewKind.TOO_LARGE if table is None else PreviewKind.TABLE, size, table=table)


def _read_json(file: BinaryIO, size: int) -> Preview:
    content = _load_json(file, size)
    if content is None:
        file.seek(0)
        return _read_text(file, size)
    table = read_split_frame(content)
    if table is not None:
        return Preview(PreviewKind.TABLE, size, table=table)
    text = lay_out(content)
    return Preview(PreviewKind.TEXT, size, text[:TEXT_BYTES], cut=len(text) > TEXT_BYTES)


def _read_notebook(file: BinaryIO, size: int) -> Preview:
    cells = read_notebook(_load_json(file, size))
    if cells is None:
        file.seek(0)
        return _read_json(file, size)
    return Preview(PreviewKind.NOTEBOOK, size, cells=cells)


def _load_json(file: BinaryIO, size: int) -> object | None:
    """None for what is too large or no JSON, and for JSON's null."""
    if size > DOCUMENT_BYTES:
        return None
    try:
        return read_json(file.read(DOCUMENT_BYTES))
    except (ValueError, RecursionError):
        return None


def _read_text(file: BinaryIO, size: int) -> Preview:
    text = file.read(TEXT_BYTES).decode("utf-8", errors="replace")
    return Preview(PreviewKind.TEXT, size, text, cut=size > TEXT_BYTES)


def _read_unsafe(file: BinaryIO, size: int) -> Preview:
    digest = hashlib.file_digest(file, "sha256").hexdigest() if size <= WHOLE_BYTES else ""  # type: ignore[arg-type]  # any binary file
    return Preview(PreviewKind.UNSAFE, size, digest=digest)


def _read_nothing(file: BinaryIO, size: int) -> Preview:
    return Preview(PreviewKind.NONE, size)


_READERS: dict[Format, Callable[[BinaryIO, int], Preview]] = {
    Format.IMAGE: _read_image,
    Format.PAGE: _read_page,
    Format.DELIMITED: _read_delimited,
    Format.PARQUET: _read_parquet,
    Format.JSON: _read_json,
    Format.NOTEBOOK: _read_notebook,
    Format.TEXT: _read_text,
    Format.UNSAFE: _read_unsafe,
    Format.BINARY: _read_nothing,
}
