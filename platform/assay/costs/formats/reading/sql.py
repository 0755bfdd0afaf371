"""Text that becomes part of a statement where DuckDB takes no parameters: quoted, so that it stays text."""


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
