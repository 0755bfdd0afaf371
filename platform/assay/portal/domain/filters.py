"""Words typed into boxes, as clauses of the tracking grammar."""

from assay.core.errors import Invalid


def name_contains(attribute: str, words: str) -> str:
    """A clause that matches names containing the words, in any case of letters; empty for no words. raises: Invalid."""
    words = words.strip()
    if not words:
        return ""
    if "'" in words and '"' in words:
        raise Invalid("Search for a part of the name without one of the two kinds of quotes.")
    quote = '"' if "'" in words else "'"
    return f"{attribute} ILIKE {quote}%{words}%{quote}"


def join_clauses(*clauses: str) -> str:
    return " AND ".join(clause.strip() for clause in clauses if clause.strip())
