"""Secrets out of what is recorded. A heuristic: it knows the shapes of common tokens, and literals under names that say secret."""

import re
from collections.abc import Iterable, Sequence

MASK = "[masked]"

_TOKENS = re.compile(
    r"""
    -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{20,}
    | \bgithub_pat_[A-Za-z0-9_]{20,}
    | \bglpat-[A-Za-z0-9_-]{16,}
    | \bassay_[A-Za-z0-9_-]{16,}
    | \bhf_[A-Za-z0-9]{20,}
    | \bsk-[A-Za-z0-9_-]{20,}
    | \bxox[abprs]-[A-Za-z0-9-]{10,}
    | \bAIza[A-Za-z0-9_-]{30,}
    | \beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}
    """,
    re.VERBOSE | re.DOTALL,
)
_SECRET_NAME = r"[\w.-]*(?:passw(?:or)?d|secret|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|(?:auth|access|api)[_-]?token)[\w-]*"
_LITERAL = re.compile(rf"(?i)({_SECRET_NAME}[\"']?\]?\s*[:=]\s*)([\"'])[^\"'\n]{{4,}}\2")
_ASSIGNED = re.compile(
    r"(?im)^([+\- ]?\s*(?:export\s+)?[A-Z0-9_]*(?:PASSWORD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY)[A-Z0-9_]*=)\S{4,}$"
)
_IN_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s:@]*:[^/\s@]+@")
_OPTION = re.compile(rf"(?i)^--?(?:{_SECRET_NAME}|token|pwd)$")
_OPTION_WITH_VALUE = re.compile(rf"(?i)^(--?(?:{_SECRET_NAME}|token|pwd)=).+$", re.DOTALL)


def mask_text(text: str) -> str:
    masked = _TOKENS.sub(MASK, text)
    masked = _LITERAL.sub(rf"\1\2{MASK}\2", masked)
    masked = _ASSIGNED.sub(rf"\1{MASK}", masked)
    return _IN_URL.sub(rf"\1{MASK}@", masked)


def mask_command(words: Sequence[str]) -> list[str]:
    """Also the value after an option whose name says secret."""
    return list(_mask_words(words))


def _mask_words(words: Iterable[str]) -> Iterable[str]:
    hidden = False
    for word in words:
        if hidden:
            yield MASK
            hidden = False
            continue
        hidden = bool(_OPTION.match(word))
        yield _OPTION_WITH_VALUE.sub(rf"\1{MASK}", mask_text(word))
