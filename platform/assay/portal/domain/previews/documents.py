"""JSON laid out, and notebooks cell by cell."""

import base64
import binascii
import json
import re
from collections.abc import Iterator

from assay.portal.domain.previews.values import Cell, Output

CELLS = 200
OUTPUTS_OF_A_CELL = 20
CELL_LETTERS = 20_000
IMAGE_LETTERS = 3_000_000
_IMAGES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def read_json(content: bytes) -> object:
    """raises: ValueError, RecursionError when it is none, or is nested too deep."""
    return json.loads(content)


def lay_out(content: object) -> str:
    """raises: RecursionError."""
    return json.dumps(content, indent=2, ensure_ascii=False)


def read_notebook(content: object) -> tuple[Cell, ...] | None:
    """The first cells of a notebook (format 4); None when it is none."""
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        return None
    return tuple(_read_cell(cell) for cell in cells[:CELLS] if isinstance(cell, dict))


def _read_cell(cell: dict[str, object]) -> Cell:
    is_code = cell.get("cell_type") == "code"
    number = cell.get("execution_count")
    return Cell(
        source=_text_of(cell.get("source"))[:CELL_LETTERS],
        is_code=is_code,
        number=str(number) if isinstance(number, int) else "",
        outputs=tuple(_read_outputs(cell.get("outputs"))) if is_code else (),
    )


def _read_outputs(outputs: object) -> Iterator[Output]:
    for output in outputs[:OUTPUTS_OF_A_CELL] if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        if output.get("output_type") == "error":
            yield Output(_plain(output.get("traceback"), "\n") or str(output.get("evalue", "")), is_error=True)
        elif output.get("output_type") == "stream":
            yield Output(_plain(output.get("text")), is_error=output.get("name") == "stderr")
        elif isinstance(data := output.get("data"), dict):
            image = next(filter(None, (_image_of(data, kind) for kind in _IMAGES)), "")
            yield Output(image=image) if image else Output(_plain(data.get("text/plain")))


def _image_of(data: dict[str, object], kind: str) -> str:
    """A data address, if the content begins as its kind says; else empty."""
    encoded = "".join(_text_of(data.get(kind)).split())
    if not encoded or len(encoded) > IMAGE_LETTERS:
        return ""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return f"data:{kind};base64,{encoded}" if content.startswith(_IMAGES[kind]) else ""


def _plain(value: object, glue: str = "") -> str:
    """Without the colours that terminals would show."""
    return _COLOURS.sub("", _text_of(value, glue))[:CELL_LETTERS]


def _text_of(value: object, glue: str = "") -> str:
    """Notebooks keep long texts as lists of lines."""
    if isinstance(value, list):
        return glue.join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""
