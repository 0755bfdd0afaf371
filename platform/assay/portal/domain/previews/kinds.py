"""Which preview a file gets, by its name and its first bytes."""

from enum import StrEnum
from posixpath import splitext


class PreviewKind(StrEnum):
    IMAGE = "image"
    PAGE = "page"
    TABLE = "table"
    NOTEBOOK = "notebook"
    TEXT = "text"
    UNSAFE = "unsafe"
    TOO_LARGE = "too_large"
    NONE = "none"


class Format(StrEnum):
    IMAGE = "image"
    PAGE = "page"
    DELIMITED = "delimited"
    PARQUET = "parquet"
    JSON = "json"
    NOTEBOOK = "notebook"
    TEXT = "text"
    UNSAFE = "unsafe"
    BINARY = "binary"


IMAGE_ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}
UNSAFE_ENDINGS = {".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".dill", ".cloudpickle", ".sav"}
"""Loading one of these may run whatever its author wrote into it."""

_BY_ENDING = {
    **dict.fromkeys(IMAGE_ENDINGS, Format.IMAGE),
    **dict.fromkeys(UNSAFE_ENDINGS, Format.UNSAFE),
    **dict.fromkeys((".html", ".htm"), Format.PAGE),
    **dict.fromkeys((".csv", ".tsv"), Format.DELIMITED),
    ".parquet": Format.PARQUET,
    ".json": Format.JSON,
    ".ipynb": Format.NOTEBOOK,
}
_PICKLE_VERSIONS = range(2, 6)


def choose_kind(name: str, head: bytes) -> Format:
    """head: the file's first bytes, some thousand at least unless it is shorter."""
    if _is_pickle(head):
        return Format.UNSAFE
    by_ending = _BY_ENDING.get(splitext(name.lower())[1])
    if by_ending in {Format.DELIMITED, Format.JSON, Format.NOTEBOOK}:
        return by_ending if _is_text(head) else Format.BINARY
    return by_ending or (Format.TEXT if _is_text(head) else Format.BINARY)


def _is_pickle(head: bytes) -> bool:
    return len(head) > 1 and head[0] == 0x80 and head[1] in _PICKLE_VERSIONS


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    text = head.decode("utf-8", errors="replace")
    return text.count("\N{REPLACEMENT CHARACTER}") <= max(len(text) // 20, 1)
