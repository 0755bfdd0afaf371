"""Cuts a search into tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto

from assay.tracking.domain.errors import FilterRefused


class Sort(StrEnum):
    IDENTIFIER = auto()
    QUOTED = auto()
    NUMBER = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """text: for QUOTED without its quotes; raw: as written; at: position in the search, from 0."""

    sort: Sort
    text: str
    raw: str
    at: int

    def is_word(self, *words: str) -> bool:
        return self.sort is Sort.IDENTIFIER and self.text.upper() in words


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<identifier>[A-Za-z_][\w\-/:]*(?:\.[\w\-/:]+)*(?:\.(?:`(?:[^`]|``)*`|"(?:[^"]|"")*"))?)
    |(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`)
    |(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
    |(?P<symbol>!=|>=|<=|[=<>(),])
    )""",
    re.VERBOSE,
)


def read_tokens(text: str) -> Iterator[Token]:
    """Ends with one END token. raises: FilterRefused at the first thing that is no token."""
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise FilterRefused(f"The search cannot be read from {text[at:].strip()[:30]!r} on (position {at}).", position=at)
        sort = Sort(str(found.lastgroup))
        raw = found.group(sort.value)
        yield Token(sort, unquote(raw) if sort is Sort.QUOTED else raw, raw, found.start(sort.value))
        at = found.end()
    yield Token(Sort.END, "", "", end)


def unquote(raw: str) -> str:
    """`'it''s'` → `it's`, for each of the three quotes."""
    quote = raw[0]
    return raw[1:-1].replace(quote * 2, quote)
