"""Previews as the templates show them; every text in them is foreign and must be escaped."""

from dataclasses import dataclass

from assay.portal.domain.previews.kinds import PreviewKind


@dataclass(frozen=True, slots=True)
class Table:
    """rows: (rows, columns) of shortened texts; None for a missing value. total_rows: None when nobody counted."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    total_rows: int | None = None
    left_out_columns: int = 0


@dataclass(frozen=True, slots=True)
class Output:
    """text, or the address of an image that is PNG or JPEG and lies in the notebook itself."""

    text: str = ""
    image: str = ""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a notebook. is_code: else prose, shown as it was written. number: of its execution, or empty."""

    source: str
    is_code: bool
    number: str = ""
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """size_bytes: of the whole file. cut: more follows than is shown. digest: SHA-256 in hex, of unsafe files that are not too large."""

    kind: PreviewKind
    size_bytes: int = 0
    text: str = ""
    cut: bool = False
    table: Table | None = None
    cells: tuple[Cell, ...] = ()
    digest: str = ""
    has_scripts: bool = False
